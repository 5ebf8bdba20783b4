import { beforeAll, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engineRequest } from '../../lab/engineApi.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { imageOf } from '../support/webapp.ts';
import { databaseOf, hostOf, inspect } from '../support/world.ts';

/** What must be inside the containers and nowhere else. */
const secret = {
  envFile: 'env-file-says-swordfish',
  file: 'secret-file-says-open-sesame',
  variable: 'red-as-typed',
};

describeLab('settings and secrets of a service', (lab) => {
  let said = '';
  const args = (): string[] => [
    ...['addservice', 'webapp', '-i', imageOf(lab), '-v', 'v0.1', '--health', '/health'],
    ...['-e', `COLOUR=${secret.variable}`, '--env-file', join(lab.dir, 'files/app.env')],
    ...['--secret-file', `db=${join(lab.dir, 'files/password')}`, '--memory', '64m', '--cpus', '0.5'],
  ];
  const run = async (...command: string[]): Promise<void> => {
    const { stdout, stderr } = await succeed(lab, ...command);
    said += stdout + stderr;
  };

  beforeAll(async () => {
    mkdirSync(join(lab.dir, 'files'));
    writeFileSync(
      join(lab.dir, 'files/app.env'),
      `# the database\n\nDB_PASSWORD=${secret.envFile}\nCOLOUR=blue\n`,
    );
    writeFileSync(join(lab.dir, 'files/password'), `${secret.file}\n`);
    await succeed(lab, 'init');
    await run(...args(), '--dry-run', '-o', 'json');
    await run(...args());
    await run('release', 'webapp', '-v', 'v0.2', '-o', 'json');
    await run('show', 'state', '-o', 'json');
    await run('show', 'state');
  });

  it('variables and limits arrive in every container; what is typed wins over a file', async () => {
    for (const app of [1, 2, 3, 4]) {
      const { Config } = await inspect(hostOf(lab, 1), `webapp-stack1-app${app}`);
      expect(Config.Env).toContain(`DB_PASSWORD=${secret.envFile}`);
      expect(Config.Env).toContain(`COLOUR=${secret.variable}`);
      expect(Config.Env.filter((line) => line.startsWith('COLOUR='))).toHaveLength(1);
    }
    const { HostConfig } = await inspect(hostOf(lab, 1), 'webapp-stack1-app1');
    expect(HostConfig).toMatchObject({ Memory: 64 * 1024 ** 2, NanoCpus: 500_000_000 });
  });

  it('a secret file arrives as /run/secrets/NAME', async () => {
    const path = '/containers/webapp-stack1-app4/archive?path=/run/secrets/db';
    const { status, body } = await engineRequest('GET', hostOf(lab, 1).socket, path);
    expect(status).toBe(200);
    expect(body).toContain(secret.file);
  });

  it('nothing of it is ever printed, neither in the plan nor afterwards', () => {
    expect(said).toContain('webapp-stack1-app1');
    for (const value of Object.values(secret)) expect(said).not.toContain(value);
  });

  it('nothing of the files is in the database or beside it, and only its owner reads that', () => {
    const directory = dirname(databaseOf(lab));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const mode = statSync(path).mode & 0o777;
      expect([path, mode]).toEqual([path, entry.isDirectory() ? 0o700 : 0o600]);
      if (entry.isDirectory()) continue;
      const bytes = readFileSync(path, 'latin1');
      expect(bytes).not.toContain(secret.envFile);
      expect(bytes).not.toContain(secret.file);
    }
  });

  it('no label holds any of it', async () => {
    const { Config } = await inspect(hostOf(lab, 1), 'webapp-stack1-app1');
    for (const value of Object.values(secret)) expect(JSON.stringify(Config.Labels)).not.toContain(value);
  });

  it('an env-file with a line that is none is refused before anything is done, without showing the line', async () => {
    const file = join(lab.dir, 'files/bad.env');
    writeFileSync(file, `GOOD=1\n${secret.envFile}\n`);
    const bad = [...args(), '--env-file', file].map((word) => (word === 'webapp' ? 'other' : word));
    await expectFailure(lab, bad, { exitCode: 2, says: [`${file}:2`] });
    expect((await cmanage(lab, ...bad)).stderr).not.toContain(secret.envFile);
  });

  it('a secret file that is gone by the next release is noticed before anything is done', async () => {
    writeFileSync(join(lab.dir, 'files/gone'), 'x');
    const file = join(lab.dir, 'files/gone');
    const other = args().map((word) => (word === 'webapp' ? 'other' : word));
    await expectFailure(lab, [...other, '--secret-file', `two=${file}-not`], {
      exitCode: 2,
      says: [`${file}-not`],
    });
  });
});
