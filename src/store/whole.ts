import { statfsSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { selectRows } from './select.ts';
import { hostTable } from './tables.ts';
import type { HostRow } from './rows.ts';

/** What SQLite finds wrong with the file, and references that lead nowhere; empty where all is well. */
export async function examineFile(source: DataSource): Promise<string[]> {
  const pages = await source.query<{ integrity_check: string }[]>('PRAGMA integrity_check');
  const references =
    await source.query<{ table: string; rowid: number; parent: string }[]>('PRAGMA foreign_key_check');
  return [
    ...pages.map((row) => row.integrity_check).filter((text) => text !== 'ok'),
    ...references.map(
      ({ table, rowid, parent }) => `row ${rowid} of ${table} refers to a row of ${parent} that is not there`,
    ),
  ];
}

/** The engines that hosts had when they answered first. */
export function readPinnedHosts(source: DataSource): Promise<HostRow[]> {
  return selectRows(source, hostTable, 'ORDER BY name');
}

/** File systems on which a lock does not reach all machines, or not surely (linux/magic.h, statfs(2)). */
const remote: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB 2',
  0x01021997: '9p',
  0x65735546: 'FUSE',
  0x00c36400: 'Ceph',
  0x5346414f: 'AFS',
  0x7461636f: 'OCFS2',
  0x01161970: 'GFS2',
};

/** The name of the file system a directory is on, where that is one of another machine; else null. */
export function remoteFileSystem(
  directory: string,
  typeOf = (path: string): number => statfsSync(path).type,
): string | null {
  return remote[typeOf(directory) >>> 0] ?? null;
}
