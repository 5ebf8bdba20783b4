import { readFileSync } from 'node:fs';

/** The version of this cmanage, as its package says. */
export function version(): string {
  return manifest().version;
}

/** The oldest Node it is made for. */
export function leastNode(): string {
  return manifest().engines.node.replace(/^>=/, '');
}

function manifest(): { readonly version: string; readonly engines: { readonly node: string } } {
  const path = new URL('../../package.json', import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as ReturnType<typeof manifest>;
}
