import { afterEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { bin, cmanageIn } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { onTerminal, type Terminal } from '../support/terminal.ts';
import { imageOf } from '../support/webapp.ts';

/** A person sits down at a terminal, answers, corrects a mistake, and has an environment that works. */
describeLab('cmanage init on a terminal', (lab) => {
  const terminals: Terminal[] = [];

  const begin = (): { etc: string; terminal: Terminal; answer: Answer } => {
    const etc = join(mkdtempSync(join(lab.dir, 'init-')), 'etc');
    const env = {
      PATH: `${dirname(process.execPath)}:/usr/sbin:/usr/bin:/bin`,
      HOME: lab.dir,
      CMANAGE_ETC: etc,
    };
    const terminal = onTerminal(`${bin.cmanage} init --log-file ${etc}.log`, env, lab.dir);
    terminals.push(terminal);
    let from = 0;
    const answer: Answer = async (question, text) => {
      // A question may be broken between words.
      const shown = await terminal.until(new RegExp(question.source.replaceAll(' ', '\\s+'), 's'), from);
      from = terminal.shown().length;
      terminal.type(`${text}\r`);
      return shown;
    };
    return { etc, terminal, answer };
  };

  afterEach(() => {
    for (const terminal of terminals.splice(0)) terminal.hangUp();
  });

  it('asks, tries each part, proposes a remedy, and leaves an environment that a service can be added to', async () => {
    const [first, second] = lab.hosts;
    if (!first || !second) throw new Error('the lab has two hosts');
    const { etc, terminal, answer } = begin();
    await answer(/Name of this environment \[production\]: $/, 'Not A Name');
    await answer(/cannot be it: use .*Name of this environment \[production\]: $/s, 'staging');
    await answer(/State database \[.*\]: $/, 'state/cmanage.db');
    await answer(/Name of the first Docker host \[docker01\]: $/, '');
    await answer(/Its engine.*: $/, `unix://${lab.dir}/wrong.sock`);
    await answer(/IPv4 address .*\[127\.0\.0\.1\]: $/, first.address);
    const trouble = await answer(/Try again, change it, keep it as it is, leave it out\? .*: $/, 'c');
    expect(trouble).toMatch(/PROBLEM: docker01: .*ENOENT/s);
    expect(trouble).toContain("-> start Docker by 'systemctl start docker'");
    await answer(/Its engine.*wrong\.sock\]: $/, `unix://${first.socket}`);
    await answer(/IPv4 address .*: $/, first.address);
    expect(await answer(/Name of another one .*: $/, 'docker02')).toMatch(
      /ok: docker01 answers: Docker \d+\./,
    );
    await answer(/Its engine.*: $/, second.engine);
    await answer(/authority \[tls\/ca\.pem\]: $/, join(lab.tls, 'ca.pem'));
    await answer(/Certificate of cmanage .*: $/, join(lab.tls, 'client-cert.pem'));
    await answer(/Its key .*: $/, join(lab.tls, 'client-key.pem'));
    const guessed = `\\[${second.address.replaceAll('.', '\\.')}\\]: $`;
    await answer(new RegExp(`IPv4 address .*${guessed}`), '');
    expect(await answer(/Name of another one .*: $/, '')).toMatch(/ok: docker02 answers/);
    const { name, address, config, masterSocket, statsSocket } = lab.loadbalancer;
    await answer(/Name of the load balancer.*: $/, name);
    const words = await answer(/Words before commands .*\[-\]: $/, '');
    expect(words).toContain('(- for this machine)\n    [-]: ');
    await answer(/Public IPv4 address .*: $/, address);
    await answer(/Its configuration.*: $/, config);
    await answer(/Its master socket.*: $/, masterSocket);
    await answer(/Its stats socket.*: $/, statsSocket);
    expect(await answer(/A registry of your own.*: $/, lab.registry.address)).toContain(
      `${name} has all that it needs`,
    );
    await answer(/Does it speak TLS\? .*: $/, 'n');
    expect(await answer(/A registry of your own.*: $/, '')).toContain(`ok: ${lab.registry.address} answers`);
    await answer(/Stages.* \[prod qa dev\]: $/, '');
    await answer(/Fewest containers of a stack \[3\]: $/, '2');
    await answer(/cannot be it.*Fewest containers of a stack \[3\]: $/s, '');
    expect(existsSync(etc)).toBe(false);
    await answer(/Write .*\[y\]: $/, '');
    await answer(/Create the state database .* now\? .*\[y\]: $/, 'y');
    expect(await terminal.ended).toBe(0);
    expect(statSync(join(etc, 'state/cmanage.db')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(etc, 'rules.yml'), 'utf8')).toContain('# The rules of the house.');
    const logged = readFileSync(`${etc}.log`, 'utf8');
    for (const name of ['cmanage.yml is written', 'rules.yml is written', 'cmanage.db is created'])
      expect(logged).toContain(`${name}"`);

    const add = ['addservice', 'webapp', '-i', imageOf(lab), '-s', '2', '-v', 'v0.1', '--health', '/health'];
    expect(await cmanageIn({ etc }, ...add)).toMatchObject({ exitCode: 0 });
    expect(await cmanageIn({ etc }, 'addendpoint', 'prod', '-s', 'webapp', '-p', '8080')).toMatchObject({
      exitCode: 0,
    });
    const review = await cmanageIn({ etc }, 'pop', 'webapp', '--dry-run', '-o', 'markdown');
    expect(review).toMatchObject({ exitCode: 3 });
    expect(review.stdout).toMatch(/^### `cmanage pop webapp`\n\n\*\*Refused\*\*/);
    const release = await cmanageIn(
      { etc },
      'release',
      'webapp',
      '-v',
      'v0.2',
      '--dry-run',
      '-o',
      'markdown',
    );
    expect(release).toMatchObject({ exitCode: 0 });
    expect(release.stdout).toMatch(
      /^### `cmanage release webapp -v v0\.2`\n\n\*\*Allowed\*\* · \d+ steps on docker01, docker02/,
    );
  });

  it('is left at once by Ctrl-C while it waits for an engine that never answers', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { terminal, answer } = begin();
    await answer(/Name of this environment .*: $/, '');
    await answer(/State database .*: $/, '');
    await answer(/Name of the first Docker host .*: $/, '');
    await answer(/Its engine.*: $/, `tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`);
    await answer(/authority .*: $/, '-');
    await answer(/IPv4 address .*: $/, '');
    await terminal.until(/Trying it \.\.\.\n/);
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(2);
    silent.close();
    expect(terminal.shown()).toContain('left before the end: nothing was written');
    expect(terminal.shown()).not.toContain('PROBLEM');
  });

  it('takes the configuration in /etc/cmanage as every other command does, and asks nothing', async () => {
    const place = mkdtempSync(join(lab.dir, 'init-'));
    copyFileSync(join(lab.etc, 'hosts.yml'), join(place, 'hosts.yml'));
    writeFileSync(join(place, 'cmanage.yml'), `environment: lab\nstate: ${place}/cmanage.db\n`);
    // An /etc of its own, which nobody else sees.
    const own = `mount -t tmpfs none /etc && mkdir /etc/cmanage && cp ${place}/*.yml /etc/cmanage`;
    const env = { PATH: `${dirname(process.execPath)}:/usr/sbin:/usr/bin:/bin`, HOME: lab.dir };
    const terminal = onTerminal(
      `unshare -m sh -c '${own} && ${bin.cmanage} init && ${bin.cmanage} show services'`,
      env,
      place,
    );
    terminals.push(terminal);
    expect(await terminal.ended).toBe(0);
    expect(terminal.shown()).toMatch(/^\S*cmanage\.db is created\n/);
    expect(existsSync(join(place, 'etc'))).toBe(false);
  });
});

/** Waits for a question since the last one, answers it, and gives all that was shown meanwhile. */
type Answer = (question: RegExp, text: string) => Promise<string>;
