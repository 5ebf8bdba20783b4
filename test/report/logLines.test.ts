import { Chalk } from 'chalk';
import { describe, expect, it } from '@jest/globals';
import { logLineWriter, type LogEntry } from '../../src/report/logLines.ts';

const entry: LogEntry = {
  time: '2026-11-21T15:00:00.123456789Z',
  host: 'docker01',
  service: 'webapp',
  container: 'webapp-stack1-app1',
  stage: 'prod',
  version: 'v0.1',
  stream: 'stdout',
  text: 'hello',
};
const other: LogEntry = { ...entry, container: 'webapp-stack10-app4', stage: null, stream: 'stderr' };
const style = {
  format: 'table',
  isTerminal: true,
  colour: new Chalk({ level: 0 }),
  targets: [entry, other],
} as const;

describe('logLineWriter', () => {
  it('aligns what is said of the container, without the service where there is one', () => {
    const write = logLineWriter(style);
    expect(write(entry)).toBe('15:00:00.123 prod stack1-app1  | hello');
    expect(write(other)).toBe('15:00:00.123      stack10-app4 ! hello');
  });

  it('gives each container a colour of its own, whoever writes first', () => {
    const painted = { ...style, colour: new Chalk({ level: 1 }) };
    const [one, two] = [logLineWriter(painted), logLineWriter(painted)];
    const first = [one(entry), one(other)];
    expect([two(other), two(entry)].reverse()).toEqual(first);
    const colourOf = (line: string | undefined): string | undefined =>
      /\u001b\[(3[0-7]|9[0-7])m/.exec(line ?? '')?.[1];
    expect(colourOf(first[0])).toBeDefined();
    expect(colourOf(first[0])).not.toBe(colourOf(first[1]));
  });

  it('names the services where there are several', () => {
    const write = logLineWriter({
      ...style,
      targets: [entry, { ...entry, service: 'training', container: 'training-stack1-app1' }],
    });
    expect(write(entry)).toContain('webapp-stack1-app1');
  });

  it('writes whole names and times for pipes, separated by tabs', () => {
    const write = logLineWriter({ ...style, isTerminal: false });
    expect(write(entry)).toBe('2026-11-21T15:00:00.123456789Z\tdocker01\twebapp-stack1-app1\thello');
  });

  const hostile = '\u001b]0;owned\u0007\u001b[31mred\u001b[0m\tand\u202eback\r\nmore';

  it.each([true, false])('lets a terminal obey nothing of it (terminal: %s)', (isTerminal) => {
    const line = logLineWriter({ ...style, isTerminal })({ ...entry, text: hostile });
    expect(line).toContain('\\u001b]0;owned\\u0007red    and\\u202eback\\u000d\\nmore');
  });

  it.each(['json', 'yaml'] as const)('keeps every character in %s, escaped', (format) => {
    const line = logLineWriter({ ...style, format })({ ...entry, text: hostile });
    expect(line).not.toMatch(/[\u0000-\u001f\u202e]/);
    expect((JSON.parse(line.replace(/^- /, '')) as LogEntry).text).toBe(hostile);
  });
});
