import { describe, expect, it } from '@jest/globals';
import { chainOf, chainOfAnswer, rootOf, type LinkAnswer } from './chain.ts';

const answer = (service: string, version: string, links: Record<string, LinkAnswer> = {}) => ({
  ...{ service, version, links },
});

describe('the chain of an answer', () => {
  it.each([
    ['webapp v0.1', answer('webapp', 'v0.1')],
    ['webapp v0.1 > training v1', answer('webapp', 'v0.1', { training: answer('training', 'v1') })],
    [
      'webapp v0.1 > training v1 > ledger v3',
      answer('webapp', 'v0.1', {
        training: answer('training', 'v1', { ledger: answer('ledger', 'v3') }),
      }),
    ],
    [
      'webapp v0.1 > (db v2, training v1)',
      answer('webapp', 'v0.1', { training: answer('training', 'v1'), db: answer('db', 'v2') }),
    ],
    [
      'webapp v0.1 > training failed: status 503',
      answer('webapp', 'v0.1', { training: { error: 'status 503' } }),
    ],
    ['webapp v0.1 > training answered by db v2', answer('webapp', 'v0.1', { training: answer('db', 'v2') })],
  ])('%s', (chain, given) => {
    expect(chainOfAnswer(given)).toBe(chain);
  });

  it('is the same text as that of a tree, in whatever order its links are told', () => {
    const links = [
      { name: 'training', chain: 'training v1' },
      { name: 'db', chain: 'db v2' },
    ];
    expect(chainOf('webapp', 'v0.1', links)).toBe('webapp v0.1 > (db v2, training v1)');
    expect(chainOf('webapp', 'v0.1', links.reverse())).toBe('webapp v0.1 > (db v2, training v1)');
  });

  it('is known by its first service alone where no more is seen', () => {
    expect(rootOf('webapp v0.1 > training v1 > ledger v3')).toBe('webapp v0.1 …');
    expect(rootOf('webapp v0.1')).toBe('webapp v0.1 …');
    expect(rootOf('webapp v0.1 …')).toBe('webapp v0.1 …');
  });
});
