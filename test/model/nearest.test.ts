import { describe, expect, it } from '@jest/globals';
import { didYouMean, insteadOf, nearestNames } from '../../src/model/nearest.ts';

const known = [
  'webapp',
  'webshop',
  'training',
  'db',
  'webapp-endpoint-prod',
  'webapp-endpoint-qa',
  'shop-endpoint-qa',
];

describe('the names that may have been meant', () => {
  it.each([
    ['webap', 'webapp'],
    ['webpap', 'webapp'],
    ['ewbapp', 'webapp'],
    ['wbeapp', 'webapp'],
    ['webhop', 'webshop'],
    ['trainning', 'training'],
    ['bd', 'db'],
    ['webapp-endpoint-prd', 'webapp-endpoint-prod'],
    ['prod', 'webapp-endpoint-prod'],
    ['qa', 'shop-endpoint-qa webapp-endpoint-qa'],
    ['x', ''],
    ['billing', ''],
    ['webapplication', ''],
    ['', ''],
  ])('by %j: %j', (name, expected) => {
    expect(nearestNames(name, known).join(' ')).toBe(expected);
  });

  it('are three at most', () => {
    expect(nearestNames('web1', ['web2', 'web3', 'web4', 'web5'])).toEqual(['web2', 'web3', 'web4']);
  });

  it('are found among 10,000 in no time worth speaking of', () => {
    const many = Array.from({ length: 10_000 }, (_, number) => `service-number-${number}`);
    expect(nearestNames('service-numebr-4711', many)).toEqual(['service-number-4711']);
  });
});

describe('what is said', () => {
  it('is a question before where to look', () => {
    expect(insteadOf('webap', known, "see 'cmanage show services'")).toBe(
      "did you mean webapp? See 'cmanage show services'",
    );
    expect(insteadOf('zzz', known, "see 'cmanage show services'")).toBe("see 'cmanage show services'");
    expect(didYouMean('qa', known)).toBe('did you mean shop-endpoint-qa or webapp-endpoint-qa? ');
  });
});
