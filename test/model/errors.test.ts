import { describe, expect, it } from '@jest/globals';
import { HostError, LockedError, UserError } from '../../src/model/errors.ts';

describe('errors', () => {
  it.each([
    [new UserError('no such file'), 'UserError: no such file'],
    [new LockedError('another release runs'), 'LockedError: another release runs'],
    [
      new HostError('docker01', 'pull webapp', new Error('no route')),
      'HostError: docker01: pull webapp: no route',
    ],
    [new HostError('docker01', 'pull webapp', 'refused'), 'HostError: docker01: pull webapp: refused'],
  ])('%#: name and message tell what it is', (error, text) => {
    expect(String(error)).toBe(text);
  });

  it('of a host keep the host and the cause', () => {
    const cause = new Error('no route');
    expect(new HostError('docker01', 'pull webapp', cause)).toMatchObject({ host: 'docker01', cause });
  });
});
