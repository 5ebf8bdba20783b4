import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { certificateFingerprints } from '../../src/haproxy/certificates.ts';
import { certificatesOf } from '../../src/haproxy/fronts.ts';
import { readGeneration, render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import type { BalancerConnection } from '../../src/model/connection.ts';
import { endpointOptions } from '../../src/model/traffic.ts';
import { makeBalancer, makeEnvironment, makeState } from '../support/makeState.ts';

const directory = mkdtempSync(join(tmpdir(), 'cmanage-unit-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const here: BalancerConnection = {
  ...{ name: 'lb01', run: [], config: '/tmp/none', linkMap: '/tmp/none.links.map' },
  ...{ masterSocket: '/tmp/none', program: 'haproxy' },
};

function written(name: string, content: string): string {
  const file = join(directory, name);
  writeFileSync(file, content);
  return file;
}

const sumOf = (content: string): string => createHash('sha256').update(content).digest('hex');

describe('certificateFingerprints', () => {
  it('are the sums of the files, by their paths', async () => {
    const [a, b] = [written('a.pem', 'one\n'), written('b.pem', 'two')];
    expect(await certificateFingerprints(here, [b, a])).toEqual({ [a]: sumOf('one\n'), [b]: sumOf('two') });
  });

  it('work with any name of a file', async () => {
    const odd = ["it's.pem", 'a b.pem', '$(id).pem', 'back\\slash.pem', 'two\nlines.pem', '-c'];
    const paths = odd.map((name) => written(name, name));
    const sums = await certificateFingerprints(here, paths);
    expect(Object.values(sums)).toEqual(odd.map(sumOf));
  });

  it('ask nobody where there are no certificates', async () => {
    expect(await certificateFingerprints({ ...here, run: ['false'] }, [])).toEqual({});
  });

  it.each([
    ['a file that is not there', '/nowhere/www.pem', 'No such file or directory'],
    ['a directory', directory, 'Is a directory'],
  ])('say which file cannot be read, and what to do: %s', async (_case, path, reason) => {
    const asked = certificateFingerprints(here, [written('a.pem', ''), path]);
    await expect(asked).rejects.toThrow(
      `lb01: reading certificates: sha256sum: ${path}: ${reason}; put the file there, or give another by 'cmanage changeendpoint ENDPOINT --certificate FILE'`,
    );
  });
});

describe('the configuration with fingerprints', () => {
  const secure = (name: string, url: string) => ({
    port: 443,
    url,
    options: endpointOptions({ certificate: `/${name}.pem` }),
  });
  const endpoints = { a: secure('a', 'a.example'), b: secure('b', 'b.example'), c: secure('a', 'c.example') };
  const state = makeState({ webapp: { endpoints }, plain: { endpoints: { prod: { port: 80 } } } });
  const rendered = (fingerprints = {}) =>
    render(routes(state, makeEnvironment(), makeBalancer()), makeBalancer(), fingerprints);

  it('is asked for by each file once', () => {
    expect(certificatesOf(state.endpoints)).toEqual(['/a.pem', '/b.pem']);
  });

  it('is another one, of another generation, for another content of a file', () => {
    const [first, renewed] = [
      rendered({ '/a.pem': sumOf('1'), '/b.pem': sumOf('2') }),
      rendered({ '/a.pem': sumOf('1'), '/b.pem': sumOf('3') }),
    ];
    expect(first).toContain(`    # /b.pem has SHA-256 ${sumOf('2')}\n    bind 192.0.2.10:443 ssl crt /a.pem`);
    expect(renewed).toBe(
      first
        .replace(sumOf('2'), sumOf('3'))
        .replaceAll(readGeneration(first) ?? '', readGeneration(renewed) ?? ''),
    );
    expect(new Set([rendered(), first, renewed].map(readGeneration)).size).toBe(3);
  });

  it('has no fingerprint of a file that is not in it', () => {
    expect(rendered({ '/other.pem': sumOf('1') })).toBe(rendered());
  });
});
