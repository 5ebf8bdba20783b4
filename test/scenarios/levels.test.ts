import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { masterCommand, statsCommand } from '../../lab/haproxyApi.ts';
import { pushImage } from '../../lab/images.ts';
import type { Lab } from '../../lab/lab.ts';
import { waitUntil } from '../../lab/run.ts';
import { askChain, startChainLoad, strangers, type Asked, type ChainLoad } from '../support/chains.ts';
import { cmanage, succeed, type Answer } from '../support/cmanage.ts';
import { describeLab } from '../support/describeLab.ts';
import { edit } from '../support/etc.ts';
import { addEndpoints, addWebapp } from '../support/webapp.ts';
import { configOf, containersOn, hostOf, inspect, nameOf, type Listed } from '../support/world.ts';

const [prod, qa, dev] = [8080, 8081, 8082] as const;
type Chains = Readonly<Record<number, string>>;

/**
 * webapp calls training, which calls ledger, at each of three stages. Clients ask all three front doors for their chain
 * the whole time, at once and after a delay; each change may lead from the chains before it to those after it, and any
 * other answer is a mix of stages or a loss.
 */
describeLab('a tree of three levels', (lab) => {
  let load: ChainLoad | undefined;
  let now: Chains = { [prod]: 'webapp v0.1', [qa]: 'webapp v0.2', [dev]: 'webapp v0.3' };

  beforeAll(async () => {
    await addWebapp(lab);
    await addEndpoints(lab);
    for (const [name, repository] of [
      ['training', 'training/webapp'],
      ['ledger', 'lab/ledger'],
    ] as const) {
      for (const tag of ['v4', 'v5']) {
        await pushImage(lab.registry.address, repository, tag, { env: { SERVICE: name } });
      }
      const image = `${lab.registry.address}/${repository}`;
      const versions = ['-v', 'v1', 'v2', 'v3', '--health', '/health'];
      await succeed(lab, 'addservice', name, '-i', image, '-s', '2', ...versions);
    }
    load = startChainLoad(lab.loadbalancer.address, [prod, qa, dev]);
  });
  afterAll(() => load?.stop());

  /** Runs a change under load, and holds every answer against the chains before and after it. */
  const change = async (args: readonly string[], next: Chains = {}): Promise<Answer> => {
    const [before, then] = [now, { ...now, ...next }];
    load?.look();
    const answer = await cmanage(lab, ...args);
    expect(answer).toMatchObject({ exitCode: 0 });
    now = then;
    const asked = await askedUntilAfter(performance.now());
    const allowed = (...chains: Chains[]): Record<number, string[]> => {
      const entries = [prod, qa, dev].map((port): [number, string[]] => [
        port,
        chains.map((each) => each[port] ?? ''),
      ]);
      return Object.fromEntries(entries);
    };
    expect(strangers(asked.during, allowed(before, then))).toEqual([]);
    expect(strangers(asked.after, allowed(then))).toEqual([]);
    return answer;
  };

  /** All that was asked from the last look on until every front door has answered requests that were sent after a moment. */
  const askedUntilAfter = async (moment: number): Promise<{ during: Asked[]; after: Asked[] }> => {
    const asked: Asked[] = [];
    const enough = await waitUntil(() => {
      asked.push(...(load?.look() ?? []));
      const after = asked.filter(({ sent }) => sent > moment);
      return [prod, qa, dev].every((port) => after.filter((one) => one.port === port).length > 20);
    }, 20_000);
    expect(enough).toBe(true);
    return { during: asked, after: asked.filter(({ sent }) => sent > moment) };
  };

  /** The same, where HAProxy is not reloaded and no container but the named ones comes or goes. */
  const changeOnly = async (
    args: readonly string[],
    next: Chains,
    gone: readonly string[],
  ): Promise<void> => {
    const [reloads, before] = [await reloadsOf(lab), await lives(lab)];
    await change(args, next);
    expect(await reloadsOf(lab)).toBe(reloads);
    const kept = before.filter((line) => !gone.includes(line.split(' ')[0] ?? ''));
    expect(await lives(lab)).toEqual(kept);
    await expectRunningAsWritten(lab);
  };

  it('a service is connected below: its callers are renewed one by one, and nobody notices', async () => {
    await change(['connect', 'webapp', '-c', 'training'], {
      [prod]: 'webapp v0.1 > training v1',
      [qa]: 'webapp v0.2 > training v2',
      [dev]: 'webapp v0.3 > training v3',
    });
    expect(await linksOf(lab, 'webapp-stack1-app4')).toHaveLength(1);
  });

  it('a further one below that', async () => {
    await change(['connect', 'training', '-c', 'ledger'], {
      [prod]: 'webapp v0.1 > training v1 > ledger v1',
      [qa]: 'webapp v0.2 > training v2 > ledger v2',
      [dev]: 'webapp v0.3 > training v3 > ledger v3',
    });
  });

  it('releases change no answer', async () => {
    await change(['release', 'webapp', '-v', 'v0.4', 'v0.5']);
    await change(['release', 'training', '-v', 'v4', 'v5']);
    await change(['release', 'ledger', '-v', 'v4', 'v5']);
  });

  it('a container that serves no endpoint yet calls as the last stage does', async () => {
    expect(await directly(lab, 'webapp', 'v0.4')).toBe('webapp v0.4 > training v3 > ledger v3');
    expect(await directly(lab, 'training', 'v4')).toBe('training v4 > ledger v3');
    expect(await directly(lab, 'webapp', 'v0.2')).toBe('webapp v0.2 > training v2 > ledger v2');
  });

  it('a pop of the front promotes it, and those it calls become those of its new stage', async () => {
    await changeOnly(
      ['pop', 'webapp'],
      {
        [prod]: 'webapp v0.2 > training v1 > ledger v1',
        [qa]: 'webapp v0.3 > training v2 > ledger v2',
        [dev]: 'webapp v0.4 > training v3 > ledger v3',
      },
      ['webapp-stack1-app4', 'webapp-stack2-app4'],
    );
  });

  it('a pop in the middle of the tree', async () => {
    await changeOnly(
      ['pop', 'training'],
      {
        [prod]: 'webapp v0.2 > training v2 > ledger v1',
        [qa]: 'webapp v0.3 > training v3 > ledger v2',
        [dev]: 'webapp v0.4 > training v4 > ledger v3',
      },
      ['training-stack1-app4', 'training-stack2-app4'],
    );
  });

  it('a pop of the leaf', async () => {
    await changeOnly(
      ['pop', 'ledger'],
      {
        [prod]: 'webapp v0.2 > training v2 > ledger v2',
        [qa]: 'webapp v0.3 > training v3 > ledger v3',
        [dev]: 'webapp v0.4 > training v4 > ledger v4',
      },
      ['ledger-stack1-app1', 'ledger-stack2-app1'],
    );
  });

  it('a relation is led to a fixed position, and back', async () => {
    const prodBefore = now[prod] ?? '';
    const move = ['changetree', 'webapp-endpoint-prod', '--child', 'ledger', '--position'];
    await changeOnly([...move, '2'], { [prod]: 'webapp v0.2 > training v2 > ledger v4' }, []);
    await changeOnly([...move, 'pointer'], { [prod]: prodBefore }, []);
    const above = ['changetree', 'webapp-endpoint-qa', '--child', 'training', '--position'];
    const qaBefore = now[qa] ?? '';
    // A position of training that serves no other tree: its calls become those of qa, and this before qa calls it.
    const living = await lives(lab);
    await change([...above, '3'], { [qa]: 'webapp v0.3 > training v5 > ledger v3' });
    await change([...above, 'pointer'], { [qa]: qaBefore });
    expect(await lives(lab)).toEqual(living);
  });

  it('the pointer of an endpoint takes the whole chain along at once', async () => {
    const before = now[prod] ?? '';
    await changeOnly(
      ['changetree', 'webapp-endpoint-prod', '--position', '1'],
      { [prod]: now[qa] ?? '' },
      [],
    );
    await changeOnly(['changetree', 'webapp-endpoint-prod', '--position', '0'], { [prod]: before }, []);
  });

  /** Runs a change while a slow request is under way that calls its links at its end; gives the chain it ends with. */
  const changeDuring = async (port: number, args: readonly string[], next: Chains): Promise<string> => {
    const address = lab.loadbalancer.address;
    const request = askChain(address, port, '/slow?ms=15000&chain=1');
    const ended = request.then(() => performance.now());
    await sleep(500);
    const switched = waitUntil(async () => (await askChain(address, qa)).chain === next[qa], 60_000);
    const switchedAt = switched.then(() => performance.now());
    await change(args, next);
    expect(await switchedAt).toBeLessThan(await ended);
    return (await request).chain;
  };

  it('a request that began before the switch ends on the old chain', async () => {
    const old = now[qa];
    const next = {
      [prod]: 'webapp v0.3 > training v2 > ledger v2',
      [qa]: 'webapp v0.4 > training v3 > ledger v3',
      [dev]: 'webapp v0.5 > training v4 > ledger v4',
    };
    // In qa, whose container is promoted: it must not call for production while it still answers for qa.
    expect(await changeDuring(qa, ['pop', 'webapp'], next)).toBe(old);
  });

  it('so does one in the middle of the tree, whose container is promoted', async () => {
    const port = await linkPort(lab, 'webapp', 'v0.4', 'training');
    const next = {
      [prod]: 'webapp v0.3 > training v3 > ledger v2',
      [qa]: 'webapp v0.4 > training v4 > ledger v3',
      [dev]: 'webapp v0.5 > training v5 > ledger v4',
    };
    expect(await changeDuring(port, ['pop', 'training'], next)).toBe('training v3 > ledger v3');
  });

  it('a service may be called by two others, and no more by one of them', async () => {
    const through = (chain: string): string => {
      const [front = '', middle = '', leaf = ''] = chain.split(' > ');
      // In one tree, ledger has one place.
      return `${front} > (${leaf}, ${middle} > ${leaf})`;
    };
    const before = now;
    const doubled = Object.fromEntries(Object.entries(now).map(([port, chain]) => [port, through(chain)]));
    await change(['connect', 'webapp', '-c', 'ledger'], doubled);
    const cut = (chain: string): string => chain.replace(/\(ledger v\d/, '(ledger failed: status 503');
    const without = Object.fromEntries(Object.entries(doubled).map(([port, chain]) => [port, cut(chain)]));
    const lifeBefore = await lives(lab);
    // The containers keep the address, and it leads nowhere.
    await change(['disconnect', 'webapp', '-c', 'ledger'], without);
    await change(['connect', 'webapp', '-c', 'ledger'], doubled);
    expect(await lives(lab)).toEqual(lifeBefore);
    await change(['disconnect', 'webapp', '-c', 'ledger'], without);
    await change(['replace', 'webapp', '--position', '0', '--direction', 'up'], {
      [prod]: (before[prod] ?? '').replace('v0.3', 'v0.4'),
    });
  });

  it('where the rules say so, a container that serves no endpoint reaches nobody', async () => {
    await change(['release', 'webapp', '-v', 'v0.6']);
    edit(lab.etc, 'rules.yml', (text) =>
      text
        .replace(/^( *)links: .*$/m, '')
        .replace(/^rules:$/m, 'rules:\n  links: { level: error, unassigned: none }'),
    );
    await change(['release', 'webapp', '-v', 'v0.6']);
    const [lastStage, nobody] = await allOf(lab, 'webapp', 'v0.6');
    // The rule holds for what is changed from now on.
    expect(await directlyAt(lab, nobody)).toBe('webapp v0.6 > training failed: status 503');
    expect(await directlyAt(lab, lastStage)).toBe('webapp v0.6 > training v5 > ledger v4');
    await expectRunningAsWritten(lab);
    await change(['pop', 'webapp', '--stackpointer', '2'], {
      [dev]: 'webapp v0.6 > training v5 > ledger v4',
    });
    await expectRunningAsWritten(lab);
  });
});

/** How often HAProxy was reloaded. */
async function reloadsOf(lab: Lab): Promise<string> {
  const answer = await masterCommand(lab.loadbalancer.masterSocket, 'show proc');
  return /^\d+\s+master\s+(\d+)/m.exec(answer)?.[1] ?? answer;
}

/** Every container as `NAME ID STARTED`: whoever is not renewed and not restarted keeps its line. */
async function lives(lab: Lab): Promise<string[]> {
  const lists = await Promise.all(
    lab.hosts.map(async (host) => {
      const names = (await containersOn(host)).map(nameOf);
      return Promise.all(
        names.map(async (name) => {
          const { Id, State, RestartCount } = await inspect(host, name);
          return `${name} ${Id} ${State.StartedAt} ${RestartCount}`;
        }),
      );
    }),
  );
  return lists.flat();
}

async function linksOf(lab: Lab, name: string): Promise<string[]> {
  const { Config } = await inspect(hostOf(lab, 1), name);
  return Config.Env.filter((line) => /^CMANAGE_LINK_.*_URL=/.test(line));
}

/** The containers of a service and version on the first host, by name. */
async function allOf(lab: Lab, service: string, version: string): Promise<Listed[]> {
  return (await containersOn(hostOf(lab, 1))).filter(
    ({ Labels }) => Labels['cmanage.service'] === service && Labels['cmanage.version'] === version,
  );
}

async function firstOf(lab: Lab, service: string, version: string): Promise<Listed> {
  const [found] = await allOf(lab, service, version);
  if (!found) throw new Error(`no ${service} ${version} on docker01`);
  return found;
}

/** The chain of a container that is asked at its own port, past the load balancer. */
async function directlyAt(lab: Lab, container: Listed | undefined): Promise<string> {
  const port = container?.Ports.find(({ PublicPort }) => PublicPort !== undefined)?.PublicPort ?? 0;
  return (await askChain(hostOf(lab, 1).address, port)).chain;
}

async function directly(lab: Lab, service: string, version: string): Promise<string> {
  return directlyAt(lab, await firstOf(lab, service, version));
}

async function linkPort(lab: Lab, service: string, version: string, child: string): Promise<number> {
  const lines = await linksOf(lab, nameOf(await firstOf(lab, service, version)));
  const line = lines.find((text) => text.startsWith(`CMANAGE_LINK_${child.toUpperCase()}_`));
  return Number(/:(\d+)$/.exec(line ?? '')?.[1]);
}

/** A restart of HAProxy would give what it serves now: the same servers, and links to the same places. */
async function expectRunningAsWritten(lab: Lab): Promise<void> {
  const { statsSocket, config } = lab.loadbalancer;
  const map = await statsCommand(statsSocket, `show map ${config}.links.map`);
  const running = [...map.matchAll(/^0x\S+ (\d+) (\S+)$/gm)].map(([, port, backend]) => `${port} ${backend}`);
  const written = [...configOf(lab).matchAll(/^# (\d+) (\S+)$/gm)].map(
    ([, port, backend]) => `${port} ${backend}`,
  );
  expect(running.sort()).toEqual(written.sort());
  const states = await statsCommand(statsSocket, 'show servers state');
  const servers = states
    .split('\n')
    .filter((line) => /^\d+ /.test(line))
    .map((line) => line.split(' '))
    .map((cells) => `${cells[1]}/${cells[3]} ${cells[4]}:${cells[18]} ${cells[6]}`);
  let backend = '';
  const wanted = configOf(lab)
    .split('\n')
    .flatMap((line) => {
      backend = /^backend (\S+)$/.exec(line)?.[1] ?? backend;
      const server = /^ {4}server (\S+) (\S+)/.exec(line);
      return server ? [`${backend}/${server[1]} ${server[2]} 0`] : [];
    });
  expect(servers.sort()).toEqual(wanted.sort());
}
