import type { Metafile } from 'esbuild';

export function packagesIn(metafiles: readonly Pick<Metafile, 'outputs'>[]): string[];
export function licensesText(directories: readonly string[]): string;
