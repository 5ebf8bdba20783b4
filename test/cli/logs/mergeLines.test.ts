import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { mergeLines, type Merge } from '../../../src/cli/logs/mergeLines.ts';

type Line = { readonly time: string; readonly text: string };

const lineAt = (second: number, text = String(second)): Line => ({
  time: `2026-11-21T15:00:00.${String(second).padStart(9, '0')}Z`,
  text,
});

/** A source that tells what it is given, when it is given. */
function source(): {
  lines: AsyncGenerator<Line>;
  tell: (line: Line) => void;
  end: () => void;
  taken: () => number;
} {
  const queue: (Line | null)[] = [];
  let [wake, taken] = [(): void => undefined, 0];
  async function* lines(): AsyncGenerator<Line> {
    for (;;) {
      const next = queue.shift();
      if (next === null) return;
      if (next === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else {
        taken++;
        yield next;
      }
    }
  }
  const put = (line: Line | null): void => {
    queue.push(line);
    wake();
  };
  return {
    lines: lines(),
    tell: put,
    end: () => {
      put(null);
    },
    taken: () => taken,
  };
}

async function* listed(lines: readonly Line[]): AsyncGenerator<Line> {
  for (const line of lines) {
    await sleep(0);
    yield line;
  }
}

async function all({ lines }: Merge<Line>): Promise<string[]> {
  const told: string[] = [];
  for await (const { text } of lines) told.push(text);
  return told;
}

describe('mergeLines', () => {
  it('tells the lines of all sources in the order of their times', async () => {
    const given = fc.array(fc.array(fc.nat(50), { maxLength: 6 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(given, async (sources) => {
        const merge = mergeLines<Line>(Infinity);
        for (const times of sources)
          merge.add(listed(times.sort((a, b) => a - b).map((time) => lineAt(time))));
        merge.close();
        const expected = sources.flat().sort((a, b) => a - b);
        expect((await all(merge)).map(Number)).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });

  it('waits for a silent source, and not for ever where it is told so', async () => {
    const merge = mergeLines<Line>(50);
    const [silent, busy] = [source(), source()];
    merge.add(silent.lines);
    merge.add(busy.lines);
    busy.tell(lineAt(2));
    // Within the time that is waited: an earlier line of the other is told first.
    silent.tell(lineAt(1));
    const told = [(await merge.lines.next()).value, (await merge.lines.next()).value] as Line[];
    expect(told.map(({ text }) => text)).toEqual(['1', '2']);
    busy.tell(lineAt(3));
    expect(((await merge.lines.next()).value as Line).text).toBe('3');
    merge.close();
    for (const { end } of [silent, busy]) end();
    expect(await all(merge)).toEqual([]);
  });

  it('reads no further ahead than a little, however slow the reader is', async () => {
    const merge = mergeLines<Line>(Infinity);
    const fast = source();
    for (let count = 0; count < 1000; count++) fast.tell(lineAt(count, 'x'.repeat(1024)));
    fast.end();
    merge.add(fast.lines);
    merge.close();
    await sleep(50);
    expect(fast.taken()).toBe(64);
    const { lines } = merge;
    await lines.next();
    await sleep(50);
    expect(fast.taken()).toBe(65);
    expect((await all(merge)).length).toBe(999);
  });

  it('ends with the lines of those that ended, and takes others meanwhile', async () => {
    const merge = mergeLines<Line>(Infinity);
    merge.add(listed([lineAt(1), lineAt(4)]));
    expect(((await merge.lines.next()).value as Line).text).toBe('1');
    merge.add(listed([lineAt(2), lineAt(3)]));
    await sleep(20);
    merge.close();
    expect(await all(merge)).toEqual(['2', '3', '4']);
  });

  it('fails as a source does', async () => {
    const merge = mergeLines<Line>(Infinity);
    async function* failing(): AsyncGenerator<Line> {
      await sleep(0);
      yield lineAt(1);
      throw new Error('a bug');
    }
    merge.add(failing());
    merge.close();
    await expect(all(merge)).rejects.toThrow('a bug');
  });
});
