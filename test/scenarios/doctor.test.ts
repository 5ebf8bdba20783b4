import { beforeAll, expect, it } from '@jest/globals';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { killEngine, startEngine } from '../../lab/faults.ts';
import { ownConfigOf } from '../../lab/loadbalancer.ts';
import { waitUntil } from '../../lab/run.ts';
import type { Checked } from '../../src/model/checked.ts';
import { makeCertificate } from '../support/certificates.ts';
import { cmanage, succeed } from '../support/cmanage.ts';
import { execute } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { addWebapp } from '../support/webapp.ts';
import { databaseOf, fingerprint, hostOf } from '../support/world.ts';

/** Each thing is spoiled, found, and mended again. */
describeLab('doctor', (lab) => {
  const certificate = (): string => join(lab.dir, 'www.pem');

  /** What needs attention, but for the checks that this machine or the lab falls short of by itself. */
  async function attention(): Promise<string[]> {
    const { exitCode, stdout, stderr } = await cmanage(lab, 'doctor', '-o', 'json');
    expect(stderr).toBe('');
    const { checks } = JSON.parse(stdout) as { checks: Checked[] };
    const needing = checks.filter(({ status }) => status === 'attention');
    expect(exitCode).toBe(needing.length === 0 ? 0 : 7);
    for (const { remedy } of needing) expect(remedy).not.toBe('');
    return needing
      .filter(({ check }) => check !== 'live-restore' && check !== 'disk')
      .map(({ check, object, fact }) => `${check} ${object}: ${fact}`);
  }

  beforeAll(async () => {
    chmodSync(lab.etc, 0o755);
    await addWebapp(lab);
    makeCertificate(certificate(), ['www.example']);
    const more = ['--url', 'www.example', '--certificate', certificate()];
    await succeed(lab, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8443', ...more);
  });

  it('finds a certificate of HAProxy that is about to end, and touches nothing', async () => {
    const before = await fingerprint(lab);
    expect(await attention()).toEqual([
      expect.stringMatching(/^certificate lb01:\/.*\/www\.pem: it is valid until .* UTC, for 1 days$/),
    ]);
    expect(await fingerprint(lab)).toEqual(before);
    writeFileSync(certificate(), 'rubbish');
    expect(await attention()).toEqual([expect.stringContaining('it has no certificate that can be read')]);
    writeFileSync(certificate(), readFileSync(join(lab.tls, 'ca.pem')));
    expect(await attention()).toEqual([]);
  });

  it('says of engines whether containers outlive them, and that the free space cannot be known over TCP', async () => {
    const { stdout } = await cmanage(lab, 'doctor', '-o', 'json');
    const of = (check: string) =>
      (JSON.parse(stdout) as { checks: Checked[] }).checks
        .filter((one) => one.check === check && one.object.startsWith('docker01'))
        .map(({ status, fact }) => [status, fact]);
    expect(of('live-restore')).toEqual([['attention', 'containers stop when the engine does']]);
    expect(of('disk')).toEqual([['unknown', 'its engine does not tell how much is free']]);
    expect(of('clock')).toEqual([
      ['ok', expect.stringContaining('its clock is that of this machine, give or take')],
    ]);
    expect(of('version')).toEqual([['ok', expect.stringMatching(/^its engine is \d+\./)]]);
  });

  it('believes an engine that was set to live-restore', async () => {
    const { socket, dir } = hostOf(lab, 1);
    const file = join(dir, 'daemon.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, 'live-restore': true }));
    process.kill(Number(readFileSync(join(dirname(socket), 'docker.pid'), 'utf8')), 'SIGHUP');
    const saysSo = async (): Promise<boolean> =>
      !/^live-restore\tdocker01\t/m.test((await cmanage(lab, 'doctor')).stdout);
    expect(await waitUntil(saysSo, 60_000)).toBe(true);
  });

  it('asks a host by ssh or on this machine how much is free', async () => {
    const file = join(lab.etc, 'hosts.yml');
    const was = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      was.replace(/engine: tcp:\S+\n.*tls: .*\n/, `engine: unix://${hostOf(lab, 1).socket}\n`),
    );
    const { stdout } = await cmanage(lab, 'doctor', '-o', 'json');
    writeFileSync(file, was);
    const { checks } = JSON.parse(stdout) as { checks: Checked[] };
    const disk = checks.find(({ check, object }) => check === 'disk' && object.startsWith('docker01:'));
    expect(disk?.fact).toMatch(/^\d+\.\d of \d+\.\d GiB are free$/);
  });

  it.each([
    ['rules.yml', 'rules: { nope: {} }\n', /rules\.yml:1: rules\.nope: there is no such setting/],
    ['cmanage.yml', 'environment: lab\n', /cmanage\.yml: .*state/],
  ])('tells what is wrong in %s, and goes on as far as it can', async (name, text, words) => {
    const file = join(lab.etc, name);
    const was = readFileSync(file, 'utf8');
    writeFileSync(file, text);
    const found = await attention();
    writeFileSync(file, was);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^configuration /);
    expect(found[0]).toMatch(words);
  });

  it('finds files that others can read or write', async () => {
    const key = join(lab.tls, 'client-key.pem');
    chmodSync(databaseOf(lab), 0o640);
    chmodSync(key, 0o644);
    chmodSync(join(lab.etc, 'rules.yml'), 0o666);
    expect(await attention()).toEqual([
      `mode ${databaseOf(lab)}: its mode is 0640: others than its owner can read it`,
      `mode ${join(lab.etc, 'rules.yml')}: its mode is 0666: others than its owner can write it`,
      `mode ${key}: its mode is 0644: others than its owner can read it`,
    ]);
    chmodSync(databaseOf(lab), 0o600);
    chmodSync(key, 0o600);
    chmodSync(join(lab.etc, 'rules.yml'), 0o644);
    expect(await attention()).toEqual([]);
  });

  it('finds a host that is another one, a reference that leads nowhere, and an operation that was left', async () => {
    await execute(databaseOf(lab), `UPDATE host SET engine_id = 'other' WHERE name = 'docker02'`);
    expect(await attention()).toEqual([
      expect.stringMatching(/^engine docker02: engine \S+ answers, and it was other before/),
    ]);
    const id = hostOf(lab, 2).name;
    await succeed(lab, 'forgethost', id);
    await execute(databaseOf(lab), `UPDATE stack SET service = 'nope' WHERE name = 'webapp-stack2'`);
    expect(await attention()).toContainEqual(
      expect.stringContaining('of stack refers to a row of service that is not there'),
    );
    await execute(
      databaseOf(lab),
      `UPDATE stack SET service = 'webapp' WHERE name = 'webapp-stack2'; UPDATE operation SET status = 'unfinished' WHERE id = 2`,
    );
    expect(await attention()).toEqual([
      'history operation 2: it is unfinished, and by its last event done',
      expect.stringMatching(/^operations operation 2 \(addendpoint .*\): it has not come to its end$/),
    ]);
    await execute(databaseOf(lab), `UPDATE operation SET status = 'done' WHERE id = 2`);
    expect(await attention()).toEqual([]);
  });

  it('finds what an operator added to HAProxy that loses requests', async () => {
    const own = ownConfigOf(lab.loadbalancer);
    writeFileSync(own, 'global\n    hard-stop-after 1s\ndefaults\n    no option redispatch\n');
    const found = await attention();
    writeFileSync(own, '');
    expect(found).toEqual([`haproxy lb01: ${own}:4: 'no option redispatch' loses requests`]);
    const { config } = lab.loadbalancer;
    const was = readFileSync(config, 'utf8');
    writeFileSync(
      config,
      was
        .replace(/ {4}option idle-close-on-response\n/, '')
        .replace(/hard-stop-after \d+s/, 'hard-stop-after 2s'),
    );
    const spoilt = await attention();
    writeFileSync(config, was);
    expect(spoilt).toEqual([
      expect.stringMatching(
        /^haproxy lb01: .*:\d+: hard-stop-after 2s cuts requests before the drain limit of 30 s$/,
      ),
      expect.stringContaining("its defaults lack 'option idle-close-on-response'"),
    ]);
    expect(await attention()).toEqual([]);
  });

  it("finds a load balancer's clock that is a day off, and one that does not answer", async () => {
    const file = join(lab.etc, 'hosts.yml');
    const was = readFileSync(file, 'utf8');
    const programs = join(lab.dir, 'programs');
    mkdirSync(programs);
    writeFileSync(join(programs, 'date'), '#!/bin/sh\nexec /bin/date -d "1 day" "$@"\n', { mode: 0o755 });
    writeFileSync(
      file,
      was.replace('  lb01:\n', `  lb01:\n    run: [env, "PATH=${programs}:/usr/sbin:/usr/bin:/sbin:/bin"]\n`),
    );
    expect(await attention()).toEqual([
      expect.stringMatching(/^clock lb01: its clock is 86(399|40\d)\.\d s ahead of this machine's/),
    ]);
    writeFileSync(file, was.replace(/master_socket: \S+/, 'master_socket: /nowhere.sock'));
    expect(await attention()).toEqual([expect.stringContaining('haproxy lb01: lb01: asking HAProxy')]);
    writeFileSync(file, was);
  });

  it('finds a certificate of its own that is about to end', async () => {
    const file = join(lab.tls, 'ca.pem');
    const was = readFileSync(file);
    const short = join(lab.dir, 'short.pem');
    makeCertificate(short, ['ca.example']);
    appendFileSync(file, readFileSync(short, 'utf8').replace(/-----BEGIN (EC )?PRIVATE[^]*$/, ''));
    expect(await attention()).toEqual([
      expect.stringMatching(/^certificate .*ca\.pem: it is valid until .*, for 1 days$/),
    ]);
    writeFileSync(file, was);
  });

  it('tells of an engine that does not answer, and looks at all the rest', async () => {
    const host = hostOf(lab, 2);
    await killEngine(host);
    const found = await attention();
    await startEngine(lab, host);
    expect(found).toEqual([
      expect.stringMatching(/^engine docker02: /),
      expect.stringMatching(/^certificate docker02: /),
    ]);
    const { stdout } = await cmanage(lab, 'doctor');
    expect(stdout).toMatch(/^\d+ things were looked at: /m);
  });
});
