import { describe, expect, it } from '@jest/globals';
import { judgeMode } from '../../../src/cli/doctor/doctorFiles.ts';
import { remoteFileSystem } from '../../../src/store/whole.ts';

describe('judgeMode', () => {
  it.each([
    [0o100600, 1000, 0o077, 'its mode is 0600', null],
    [0o100600, 0, 0o077, 'its mode is 0600', null],
    [0o100640, 1000, 0o027, 'its mode is 0640', null],
    [0o100640, 1000, 0o077, 'its mode is 0640: others than its owner can read it', 'chmod 0600 /x'],
    [0o100666, 1000, 0o022, 'its mode is 0666: others than its owner can write it', 'chmod 0644 /x'],
    [
      0o40777,
      1000,
      0o077,
      'its mode is 0777: others than its owner can read and write and enter or run it',
      'chmod 0700 /x',
    ],
    [0o100600, 1001, 0o077, 'it belongs to user 1001, who can change what cmanage does', 'chown 1000 /x'],
  ])('of %i by %i, %i forbidden', (mode, uid, forbidden, fact, remedy) => {
    expect(judgeMode('/x', { mode, uid }, forbidden, 1000)).toMatchObject({ fact, remedy });
  });
});

describe('remoteFileSystem', () => {
  it.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    // What a signed 32-bit number makes of it.
    [0xff534d42 | 0, 'CIFS'],
    [0x65735546, 'FUSE'],
    [0xef53, null],
    [0x01021994, null],
  ])('%i is %s', (type, name) => {
    expect(remoteFileSystem('/x', () => type)).toBe(name);
  });

  it('asks the directory itself', () => {
    expect(remoteFileSystem('/proc')).toBeNull();
  });
});
