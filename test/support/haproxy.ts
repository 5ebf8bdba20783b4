import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkMapIn } from '../../src/haproxy/render.ts';
import { makeBalancer } from './makeState.ts';

/** What `haproxy -c` has to say against a configuration; empty where it is valid. Without the program, a test fails. */
export function faultsOf(config: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-unit-'));
  try {
    const file = join(directory, 'haproxy.cfg');
    const map = join(directory, 'links.map');
    // HAProxy takes no configuration whose map is not there, and these name one that is not.
    writeFileSync(file, config.replaceAll(makeBalancer().linkMap, map));
    writeFileSync(map, linkMapIn(config));
    const { error, status, stdout, stderr } = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
    if (error) throw new Error(`these tests need haproxy (apt-get install haproxy): ${error.message}`);
    const warnings = stderr.split('\n').filter((line) => /\[(WARNING|ALERT)\]/.test(line));
    return status === 0 ? warnings.join('\n') : `${stdout}${stderr}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
