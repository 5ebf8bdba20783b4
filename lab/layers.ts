import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { projectRoot } from './project.ts';
import { blobOf, digestOf, type Blob } from './registryApi.ts';
import { run } from './run.ts';
import { tar, type TarEntry } from './tar.ts';

/** A compressed layer, and the digest of its uncompressed content, by which an image's configuration names it. */
export type Layer = Blob & { diffId: string };

export const nodeInImage = '/usr/local/bin/node';
export const busyboxInImage = '/bin/busybox';
const cache = '/var/cache/cmanage-lab';

/** Increase when the base layers' files change, so that cached ones are not used any more. */
const generation = 1;

/** This machine's Node with the libraries it needs: a base image for real services without any download. */
export async function nodeLayer(): Promise<Layer> {
  const files = [[process.execPath, nodeInImage] as const, ...(await librariesOf(process.execPath))];
  return cached(files, (contents) => [...contents, ...systemFiles]);
}

/** A static busybox: one megabyte, and running within milliseconds. */
export async function busyboxLayer(): Promise<Layer> {
  const shell: TarEntry = { kind: 'symlink', path: 'bin/sh', mode: 0o777, target: 'busybox' };
  return cached([['/bin/busybox', busyboxInImage]], (contents) => [...contents, shell, ...systemFiles]);
}

/** The sample service itself. */
export async function appLayer(): Promise<Layer> {
  const content = readFileSync(join(projectRoot(), 'lab/app/server.mjs'));
  return compress(tar([{ kind: 'file', path: 'app/server.mjs', mode: 0o644, content }]));
}

/** The pages of the tiny service, which has no program of its own to make them. */
export async function pagesLayer(service: string, version: string): Promise<Layer> {
  return compress(
    tar([text('www/index.html', `Service ${service}. Version ${version}\n`), text('www/health', 'ok\n')]),
  );
}

const text = (path: string, content: string): TarEntry => ({
  kind: 'file',
  path,
  mode: 0o644,
  content: Buffer.from(content),
});

const systemFiles: TarEntry[] = [
  text('etc/passwd', 'root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'),
  text('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
  { kind: 'directory', path: 'tmp', mode: 0o1777 },
];

/** [on this machine, in the image] for each library and the loader, which `ldd` names by absolute paths. */
async function librariesOf(program: string): Promise<(readonly [string, string])[]> {
  const listing = await run('ldd', [program]);
  const paths = listing.split('\n').map((line) => /(\/\S+) \(0x/.exec(line)?.[1]);
  return paths.filter((path) => path !== undefined).map((path) => [path, path] as const);
}

/**
 * A layer of files of this machine, compressed once: compressing Node's 100 MB takes over a second. The key is made from
 * the files' names, sizes and times, as reading them all would take about as long as the rest of starting a lab.
 */
async function cached(
  files: (readonly [string, string])[],
  arrange: (contents: TarEntry[]) => TarEntry[],
): Promise<Layer> {
  const facts = files.map(([from, to]) => [to, statSync(from).size, statSync(from).mtimeMs]);
  const key = createHash('sha256')
    .update(JSON.stringify([generation, facts]))
    .digest('hex')
    .slice(0, 16);
  const path = join(cache, `${key}.tar.gz`);
  if (!existsSync(path)) await fill(path, tar(arrange(files.map(([from, to]) => fileEntry(from, to)))));
  const known = JSON.parse(readFileSync(`${path}.json`, 'utf8')) as Omit<Layer, 'read'>;
  return { ...known, read: () => readFileSync(path) };
}

function fileEntry(from: string, to: string): TarEntry {
  return { kind: 'file', path: to.slice(1), mode: 0o755, content: readFileSync(realpathSync(from)) };
}

/** The layer itself comes last: whoever finds it finds its description too. */
async function fill(path: string, archive: Buffer): Promise<void> {
  const { digest, size, diffId, read } = await compress(archive);
  mkdirSync(cache, { recursive: true });
  replaceFile(`${path}.json`, JSON.stringify({ digest, size, diffId }));
  replaceFile(path, read());
}

/** Two labs may fill the cache at the same time; each must see whole files only. */
function replaceFile(path: string, content: string | Buffer): void {
  writeFileSync(`${path}.${process.pid}`, content);
  renameSync(`${path}.${process.pid}`, path);
}

/** Level 1: engines unpack a layer more often than the lab packs it, and a higher level saves only a tenth. */
async function compress(archive: Buffer): Promise<Layer> {
  const bytes: Buffer = await promisify(gzip)(archive, { level: 1 });
  return { ...blobOf(bytes), diffId: digestOf(archive) };
}
