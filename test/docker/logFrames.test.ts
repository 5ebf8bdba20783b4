import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readLogLines, type LogLine } from '../../src/docker/logFrames.ts';

const time = '2026-11-21T15:00:00.123456789Z';

function frame(stream: number, payload: string | Buffer): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(8);
  head.writeUInt8(stream, 0);
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

async function linesOf(...chunks: Buffer[]): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of readLogLines(Readable.from(chunks))) lines.push(line);
  return lines;
}

describe('readLogLines', () => {
  it('tells each line with its time and stream', async () => {
    expect(
      await linesOf(frame(1, `${time} one\n`), frame(2, `${time} two  \n`), frame(1, `${time} \n`)),
    ).toEqual([
      { time, stream: 'stdout', text: 'one' },
      { time, stream: 'stderr', text: 'two  ' },
      { time, stream: 'stdout', text: '' },
    ]);
  });

  it('does not depend on where chunks end', async () => {
    const bytes = Buffer.concat([
      frame(1, `${time} größer\n`),
      frame(2, `${time} x\n`),
      frame(1, `${time} y\n`),
    ]);
    const whole = await linesOf(bytes);
    const cuts = fc.array(fc.nat(bytes.length), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const ends = [0, ...places.sort((a, b) => a - b), bytes.length];
        const chunks = ends.slice(1).map((end, index) => bytes.subarray(ends[index], end));
        expect(await linesOf(...chunks)).toEqual(whole);
      }),
    );
  });

  it('puts a long line together, also where a character is cut, and beside the other stream', async () => {
    const [first, second] = [Buffer.from('aä').subarray(0, 2), Buffer.from('aä').subarray(2)];
    const pieces = [
      frame(1, Buffer.concat([Buffer.from(`${time} `), first])),
      frame(2, `${time} between\n`),
      frame(1, Buffer.concat([Buffer.from(`${time} `), second, Buffer.from('b\r\n')])),
    ];
    expect((await linesOf(...pieces)).map(({ text }) => text)).toEqual(['between', 'aäb']);
  });

  it('tells a line that never ends in pieces', async () => {
    const piece = frame(1, `${time} ${'x'.repeat(16 * 1024)}`);
    const lines = await linesOf(...Array.from({ length: 40 }, () => piece));
    expect(lines.map(({ text }) => text.length)).toEqual([17 * 16 * 1024, 17 * 16 * 1024, 6 * 16 * 1024]);
  });

  it.each([
    ['2026-11-21T16:00:00.5+01:00', '2026-11-21T15:00:00.500000000Z'],
    ['2026-11-21T15:00:00Z', '2026-11-21T15:00:00.000000000Z'],
  ])('reads the times of other engines: %s', async (told, expected) => {
    expect(await linesOf(frame(1, `${told} x\n`))).toEqual([{ time: expected, stream: 'stdout', text: 'x' }]);
  });

  it.each([
    ['an unknown stream', frame(7, `${time} x\n`)],
    ['a frame that is much too long', Buffer.from([1, 0, 0, 0, 255, 255, 255, 255])],
    ['a line without a time', frame(1, 'hello world\n')],
    ['a page of a proxy', Buffer.from('<html><body>Bad gateway</body></html>')],
  ])('takes %s for no log', async (_what, bytes) => {
    await expect(linesOf(bytes)).rejects.toThrow('its answer is no log');
  });
});
