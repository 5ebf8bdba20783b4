/** What an image layer holds. Directories above a path are added by themselves. */
export type TarEntry = { path: string; mode: number } & (
  { kind: 'file'; content: Buffer } | { kind: 'directory' } | { kind: 'symlink'; target: string }
);

const block = 512;

/**
 * Writes a tar archive that depends on nothing but the entries: sorted by path, root's files, no times. The same content
 * has the same digest on every machine and at every time, so that digests can be compared between labs.
 */
export function tar(entries: TarEntry[]): Buffer {
  const sorted = withParents(entries).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  return Buffer.concat([...sorted.flatMap(record), Buffer.alloc(2 * block)]);
}

/** A directory must be in the layer itself: the engine makes missing ones unreadable for all but root. */
function withParents(entries: TarEntry[]): TarEntry[] {
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  for (const { path } of entries) {
    const parts = path.split('/').slice(0, -1);
    parts.forEach((_, index) => {
      const parent = parts.slice(0, index + 1).join('/');
      if (!byPath.has(parent)) byPath.set(parent, { path: parent, mode: 0o755, kind: 'directory' });
    });
  }
  return [...byPath.values()];
}

function record(entry: TarEntry): Buffer[] {
  if (entry.kind !== 'file') return [header(entry, 0)];
  const { content } = entry;
  return [header(entry, content.length), content, Buffer.alloc((block - (content.length % block)) % block)];
}

/** The ustar header: fixed fields of text, numbers in octal, and a checksum counted as if it were blanks itself. */
function header(entry: TarEntry, size: number): Buffer {
  const name = entry.kind === 'directory' ? `${entry.path}/` : entry.path;
  if (name.length > 100) throw new Error(`path too long for a plain tar header: ${name}`);
  const types = { file: '0', symlink: '2', directory: '5' };
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  const buffer = Buffer.alloc(block);
  buffer.write(name, 0);
  buffer.write(octal(entry.mode, 8) + octal(0, 8) + octal(0, 8) + octal(size, 12) + octal(0, 12), 100);
  buffer.write(' '.repeat(8) + types[entry.kind], 148);
  if (entry.kind === 'symlink') buffer.write(entry.target, 157);
  buffer.write('ustar\x0000', 257);
  const sum = buffer.reduce((total, byte) => total + byte, 0);
  buffer.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return buffer;
}
