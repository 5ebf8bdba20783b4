import { connectEngine } from '../../docker/engine.ts';
import { examineEngine } from '../../docker/examine.ts';
import { signOfLife } from '../../docker/registry.ts';
import { quote, runScript } from '../../haproxy/shell.ts';
import type { BalancerConnection, EngineConnection, RegistryConnection } from '../../model/connection.ts';
import { HostError, UserError } from '../../model/errors.ts';
import { remediesForRegistry, remedyForEngine } from './remedies.ts';

/** What became of trying to reach something: what it is, or what is wrong and what to do about it. */
export type Trial = {
  readonly isWell: boolean;
  readonly fact: string;
  /** What to do, a line each; also where it is well and could be better. */
  readonly remedies: readonly string[];
  /** Which engine answered, where one did. */
  readonly engineId?: string;
};

/** Asks an engine what it is. Nothing is changed there. */
export async function tryEngine(connection: EngineConnection): Promise<Trial> {
  return orWhy(
    async () => {
      const engine = await connectEngine(connection);
      try {
        const { id, version, liveRestore } = await examineEngine(engine);
        const remedies = liveRestore
          ? []
          : [
              'set "live-restore": true in its daemon.json, so that containers run on while the engine restarts',
            ];
        return {
          isWell: true,
          fact: `${connection.name} answers: Docker ${version}`,
          remedies,
          engineId: id,
        };
      } finally {
        engine.close();
      }
    },
    (said) => [remedyForEngine(connection.transport, said)],
  );
}

/** Looks for what cmanage needs on a load balancer's machine. Nothing is changed there. */
export async function tryBalancer(balancer: BalancerConnection): Promise<Trial> {
  const { name, config, masterSocket, program } = balancer;
  const folder = `"$(dirname ${quote(config)})"`;
  const script = [
    `command -v ${quote(program)} > /dev/null || echo "there is no ${program}|install HAProxy 2.6 or later"`,
    'command -v socat > /dev/null || echo "there is no socat|install socat"',
    `[ -S ${quote(masterSocket)} ] || echo ${quote(`nobody listens at ${masterSocket}|start HAProxy as: ${program} -W -S ${masterSocket} -f ${config}`)}`,
    `[ -d ${folder} ] || echo ${quote(`there is no directory for ${config}|install HAProxy, or name another file`)}`,
    `[ ! -d ${folder} ] || [ -w ${folder} ] || echo ${quote(`the directory of ${config} cannot be written|let the user of cmanage write there, or name another file`)}`,
  ].join('\n');
  return orWhy(
    async () => {
      const output = await runScript(balancer, 'looking at its machine', `${script}\ntrue`, 20);
      const lacks = output.split('\n').filter((line) => line.includes('|'));
      const facts = lacks.map((line) => line.split('|')[0] ?? '');
      return {
        isWell: lacks.length === 0,
        fact: lacks.length === 0 ? `${name} has all that it needs` : `${name}: ${facts.join('; ')}`,
        remedies: lacks.map((line) => line.split('|')[1] ?? ''),
      };
    },
    () => ['see that the words before commands lead to its machine without asking for anything'],
  );
}

/** Asks a registry for a sign of life. One that wants a password is there, too. */
export async function tryRegistry(registry: RegistryConnection): Promise<Trial> {
  return orWhy(async () => {
    const status = await signOfLife(registry);
    if (status === 401)
      return {
        ...{ isWell: true, fact: `${registry.address} answers, and wants credentials` },
        remedies: ["give them in hosts.yml (credentials: FILE), or by 'docker login'"],
      };
    if (status >= 200 && status < 300)
      return { isWell: true, fact: `${registry.address} answers`, remedies: [] };
    const fact = `${registry.address} answers ${status}`;
    return { isWell: false, fact, remedies: ['see that a registry listens there'] };
  }, remediesForRegistry);
}

/** What is wrong outside is an answer; anything else is a bug. */
async function orWhy(
  attempt: () => Promise<Trial>,
  remedies: (said: string) => readonly string[],
): Promise<Trial> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof HostError || error instanceof UserError)) throw error;
    return { isWell: false, fact: error.message, remedies: remedies(error.message) };
  }
}
