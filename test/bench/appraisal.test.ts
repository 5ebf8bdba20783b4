import { describe, expect, it } from '@jest/globals';
import { changedLines, countsOf } from '../../bench/appraisal/counts.ts';

describe('what a person types and has to know', () => {
  it('is every command with its words, each fact once', () => {
    const { steps, characters, facts } = countsOf(['cmanage pop webapp --dry-run', 'cmanage pop webapp'], []);
    expect({ steps, characters, facts }).toEqual({
      steps: 2,
      characters: 29 + 19,
      facts: ['--dry-run', 'cmanage', 'pop', 'webapp'],
    });
  });

  it('is of an edited file what changes in it, however a script does it', () => {
    const { characters, facts } = countsOf(['edit s/a/b/'], ['    server docker01 192.0.2.11:20001 check']);
    expect(characters).toBe('server docker01 192.0.2.11:20001 check'.length + 1);
    expect(facts).toEqual(['192.0.2.11', '20001', 'check', 'docker01', 'server']);
  });

  it('has no words of the shell, of loops, of pauses, or of a reason', () => {
    const commands = [
      'for host in $A; do until curl -sf http://$host:80/health; do sleep 0.2; done; done',
      'x -m "why not"',
    ];
    expect(countsOf(commands, []).facts).toEqual(['$A', '-sf', '80', 'curl', 'health', 'http', 'x']);
  });
});

describe('the lines that change', () => {
  it('are those that are new, as often as they are', () => {
    expect(changedLines('a\nb\n', 'a\na\nc\n\n')).toEqual(['a', 'c']);
  });
});
