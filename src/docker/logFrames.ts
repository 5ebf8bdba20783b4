/** A line that a container wrote. */
export type LogLine = {
  /** When the engine got it, by the host's clock: UTC with nine digits behind the second, so that times compare as texts. */
  readonly time: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
};

/** Bytes of a frame's header: the stream, three of nothing, the length of what follows. */
const header = 8;
/** Bytes that a frame may have: engines cut at 16 KiB, and whatever claims to be much more is no log. */
const longestFrame = 1024 ** 2;
/** Bytes after which a line that does not end is told in pieces, so that it cannot fill the memory. */
const longestLine = 256 * 1024;
const streams: Readonly<Record<number, LogLine['stream']>> = { 1: 'stdout', 2: 'stderr' };

/**
 * Takes the lines out of the stream by which an engine tells a log with timestamps. Each frame is a line, or a piece of a long one, and
 * begins with its time. Fails with an Error where the bytes have not that form. It keeps no more than one line and one chunk.
 */
export async function* readLogLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<LogLine> {
  const begun = new Map<LogLine['stream'], Begun>();
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      const frame = firstFrame(rest);
      if (!frame) break;
      rest = rest.subarray(header + frame.payload.length);
      const line = extended(begun.get(frame.stream), frame.payload);
      begun.delete(frame.stream);
      if (line.isWhole || line.length > longestLine) yield lineOf(frame.stream, line);
      else begun.set(frame.stream, line);
    }
  }
  for (const [stream, line] of begun) yield lineOf(stream, line);
}

/** A line of which not all has come. */
type Begun = {
  readonly time: string;
  readonly pieces: readonly Buffer[];
  readonly length: number;
  readonly isWhole: boolean;
};

function firstFrame(bytes: Buffer): { stream: LogLine['stream']; payload: Buffer } | null {
  if (bytes.length < header) return null;
  const stream = streams[bytes.readUInt8(0)];
  const length = bytes.readUInt32BE(4);
  if (stream === undefined || length > longestFrame) throw notALog();
  return bytes.length < header + length ? null : { stream, payload: bytes.subarray(header, header + length) };
}

function extended(before: Begun | undefined, payload: Buffer): Begun {
  const blank = payload.indexOf(' ');
  const isWhole = payload.at(-1) === 0x0a;
  const time = timeIn(payload.subarray(0, blank < 0 ? 0 : blank).toString('latin1'));
  const piece = payload.subarray(blank + 1, isWhole ? -1 : undefined);
  const pieces = [...(before?.pieces ?? []), piece];
  return { time: before?.time ?? time, pieces, length: (before?.length ?? 0) + piece.length, isWhole };
}

/** Engines other than Docker's name their own zone, and leave out zeros. */
function timeIn(text: string): string {
  const [, whole, fraction = '', zone] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  const moment = whole === undefined || zone === undefined ? NaN : Date.parse(`${whole}${zone}`);
  if (whole === undefined || Number.isNaN(moment)) throw notALog();
  const inUtc = zone === 'Z' ? whole : new Date(moment).toISOString().slice(0, 19);
  return `${inUtc}.${fraction.padEnd(9, '0')}Z`;
}

function lineOf(stream: LogLine['stream'], { time, pieces }: Begun): LogLine {
  // A character may be cut by the end of a piece, so that they are put together before they are read.
  const [only = Buffer.alloc(0), ...more] = pieces;
  const text = (more.length === 0 ? only : Buffer.concat(pieces)).toString('utf8');
  return { time, stream, text: text.endsWith('\r') ? text.slice(0, -1) : text };
}

function notALog(): Error {
  return new Error('its answer is no log');
}
