import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execa } from 'execa';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import { bin, cmanageIn } from '../support/cmanage.ts';
import { edit } from '../support/etc.ts';

type Packed = {
  readonly filename: string;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
};

type Metafile = {
  readonly outputs: Readonly<
    Record<string, { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }>
  >;
};

/** Of the package that a file is from: the nearest one above it that has a version. */
function nameAndVersion(path: string): string {
  for (let directory = dirname(path); directory !== '.'; directory = dirname(directory)) {
    const file = join(projectRoot(), directory, 'package.json');
    if (!existsSync(file)) continue;
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    if (name !== undefined && version !== undefined) return `${name} ${version}`;
  }
  throw new Error(`${path} is of no package`);
}

/** What `npm pack` makes of what is built, unpacked beside the one package that is not bundled. */
describe('the package', () => {
  const directory = mkdtempSync(join(tmpdir(), 'cmanage-pack-'));
  const root = join(directory, 'package');
  let packed: Packed;

  beforeAll(async () => {
    if (!existsSync(bin.built)) throw new Error('cmanage is not built: run `npm run build` first');
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory];
    const { stdout } = await execa('npm', args, { cwd: projectRoot() });
    [packed] = JSON.parse(stdout) as [Packed];
    await execa('tar', ['-xzf', join(directory, packed.filename), '-C', directory]);
    mkdirSync(join(root, 'node_modules'));
    for (const name of ['sqlite3', 'bindings', 'file-uri-to-path']) {
      symlinkSync(join(projectRoot(), 'node_modules', name), join(root, 'node_modules', name));
    }
  }, 100_000);
  afterAll(() => {
    rmSync(directory, { recursive: true, force: true });
  });

  it('has what is needed to run, to configure and to read', () => {
    const paths = packed.files.map(({ path }) => path);
    const needed = [
      'bin/cmanage',
      'dist/cmanage/main.js',
      'dist/cmanage/vendor/typeorm.cjs',
      'dist/cmanage/cmanage.1',
    ];
    const told = [
      'etc/cmanage.yml',
      'etc/hosts.yml',
      'etc/rules.yml',
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      'dist/cmanage/THIRD-PARTY-LICENSES.txt',
    ];
    for (const path of [...needed, ...told, 'docs/comfort.md', 'package.json']) expect(paths).toContain(path);
    expect(packed.files.find(({ path }) => path === 'bin/cmanage')?.mode).toBe(0o755);
  });

  it('has nothing else: no source, no tests, no lab, nothing of a developer', () => {
    const others = packed.files.filter(
      ({ path }) =>
        !/^(bin\/cmanage|dist\/cmanage\/([^/]+\.(js|js\.map|1)|THIRD-PARTY-LICENSES\.txt)|dist\/cmanage\/vendor\/[a-z]+\.cjs(\.code)?|etc\/[a-z]+\.yml)$/.test(
          path,
        ) && !/^(docs\/.*|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/.test(path),
    );
    expect(others.map(({ path }) => path)).toEqual([]);
  });

  it('has the licence of each package that is in its bundles', () => {
    const metafiles = JSON.parse(
      readFileSync(join(projectRoot(), 'dist/cmanage.metafiles.json'), 'utf8'),
    ) as Metafile[];
    const bundled = metafiles
      .flatMap(({ outputs }) => Object.values(outputs))
      .flatMap(({ inputs }) => Object.entries(inputs))
      .filter(([path, { bytesInOutput }]) => bytesInOutput > 0 && path.includes('node_modules/'))
      .map(([path]) => nameAndVersion(path));
    const text = readFileSync(join(root, 'dist/cmanage/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const licensed = text
      .split(/^={100}$/m)
      .slice(1)
      .map((section) => /^\n(\S+ \S+) \(.+\)\n\n[^]{150,}$/.exec(section)?.[1]);
    expect(licensed).toEqual([...new Set(bundled)].sort());
    expect(licensed).toContainEqual(expect.stringMatching(/^typeorm /));
  });

  it('runs with no other package than sqlite3', async () => {
    const program = join(root, 'bin/cmanage');
    const etc = join(directory, 'etc');
    const run = (...args: string[]) => cmanageIn({ program, etc, cwd: directory }, ...args);
    expect(await run('--version')).toMatchObject({ exitCode: 0 });
    expect(await run('init')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('hosts.yml is written'),
    });
    edit(etc, 'cmanage.yml', (text) => text.replace(/^state: .*$/m, 'state: cmanage.db'));
    expect(await run('init')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('is still the example'),
    });
    edit(etc, 'hosts.yml', (text) => text.replaceAll('example.net', 'example.org'));
    expect(await run('init')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('cmanage.db is created'),
    });
    expect(await run('show', 'services', '-o', 'json')).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await run('rules', '-o', 'yaml')).toMatchObject({ exitCode: 0, stderr: '' });
    const unreachable = await run('deploy', 'containers', '--dry-run');
    expect(unreachable.stderr).not.toMatch(/bug|Cannot find/);
    expect((await run('help', '--man')).stdout).toMatch(/^\.TH CMANAGE 1 /);
  });
});
