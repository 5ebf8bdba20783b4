import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdtempSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const settings = { logFile: null, environmentName: 'production' };

describe('the own log', () => {
  let [dir, file] = ['', ''];
  let log: typeof import('../../src/cli/ownLog.ts');
  const entries = (path = file): Record<string, unknown>[] =>
    readFileSync(path, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  beforeEach(async () => {
    dir = mkdtempSync(join(directory, 'log-'));
    file = join(dir, 'cmanage.log');
    jest.resetModules();
    log = await import('../../src/cli/ownLog.ts');
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is a line of JSON for each event, readable by its owner alone', () => {
    log.openOwnLog({ logFile: file }, settings);
    log.openOwnLog({ logFile: file }, settings);
    log.logEvent('error', { event: 'error', text: 'a\nb\u202e\u001b[2J' });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const about = { environment: 'production', pid: process.pid, time: expect.stringMatching(/^20.*Z$/) };
    expect(entries()).toEqual([
      { ...about, level: 'info', event: 'command', command: expect.any(String) },
      { ...about, level: 'error', event: 'error', text: 'a\nb\u202e\u001b[2J' },
    ]);
    expect(readFileSync(file, 'utf8')).not.toMatch(/[\u001b\u202e]/);
  });

  it('goes on in a new file where the old one was moved away', () => {
    log.openOwnLog({ logFile: file }, settings);
    renameSync(file, `${file}.1`);
    log.logEvent('info', { event: 'exit', code: 0 });
    expect([entries(`${file}.1`), entries()].map(([first]) => first?.event)).toEqual(['command', 'exit']);
  });

  it('adds to what is there, and is nothing without a file', () => {
    writeFileSync(file, '{"event":"before"}\n');
    log.logEvent('info', { event: 'lost' });
    log.openOwnLog({}, settings);
    log.logEvent('info', { event: 'lost' });
    log.openOwnLog({ logFile: file }, settings);
    expect(entries().map(({ event }) => event)).toEqual(['before', 'command']);
  });

  it('is refused before anything is done where it cannot be written', () => {
    const link = join(dir, 'link');
    symlinkSync(file, link);
    for (const path of [link, join(dir, 'no/such/directory.log'), dir]) {
      expect(() => {
        log.openOwnLog({}, { ...settings, logFile: path });
      }).toThrow(`the log ${path} cannot be written: `);
    }
  });

  it('says once that lines are missing, and lets the work go on', () => {
    const said = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    log.openOwnLog({ logFile: file }, settings);
    rmSync(dir, { recursive: true });
    log.logEvent('info', { event: 'step' });
    log.logEvent('info', { event: 'step' });
    expect(said.mock.calls).toEqual([[expect.stringContaining('cmanage: the log misses lines: ENOENT')]]);
  });
});
