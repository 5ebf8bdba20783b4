import { examineEngine, serverValidity, spaceOnHost, type ExaminedEngine } from '../../docker/examine.ts';
import { attention, fine, unknown, type Checked } from '../../model/checked.ts';
import type { EngineConnection } from '../../model/connection.ts';
import { HostError, UserError } from '../../model/errors.ts';
import { judgeClock, judgeSpace, judgeValidity, judgeVersion } from './thresholds.ts';
import type { HostRow } from '../../store/rows.ts';
import type { Session } from '../session.ts';
import { remedyForEngine } from '../wizard/remedies.ts';

/** The oldest engine that cmanage was tried with. */
const leastEngine = '20.10';

/** What `doctor` looks at on each Docker host; one that does not answer is told, and the others are asked. */
export async function examineHosts(
  engines: readonly EngineConnection[],
  engineOf: Session['engineOf'],
  pinned: readonly HostRow[],
): Promise<Checked[]> {
  return (await Promise.all(engines.map((engine) => examineHost(engineOf, engine, pinned)))).flat();
}

async function examineHost(
  engineOf: Session['engineOf'],
  connection: EngineConnection,
  pinned: readonly HostRow[],
): Promise<Checked[]> {
  const { name, transport } = connection;
  const certificate =
    transport.kind === 'tls'
      ? await orTell(() => serverCertificate(name, transport), 'certificate', name)
      : [];
  const checks = await orTell(
    async () => {
      const found = await examineEngine(await engineOf(name));
      const known = pinned.find((host) => host.name === name)?.engineId ?? null;
      return [
        judgeVersion(name, 'its engine is', found.version, leastEngine),
        judgeClock(name, found.clock),
        judgeLiveRestore(name, found),
        judgePin(name, found.id, known),
        ...(await spaceOf(connection, found)),
      ];
    },
    'engine',
    name,
    (said) => remedyForEngine(transport, said),
  );
  return [...checks, ...certificate];
}

/** What cannot be asked needs attention, and keeps nothing else from being looked at. `remedyFor` knows what to do by what was said. */
export async function orTell(
  ask: () => Promise<Checked[]>,
  check: string,
  object: string,
  remedyFor: (said: string) => string = () => 'see that it runs and can be reached from here',
): Promise<Checked[]> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof HostError || error instanceof UserError)) throw error;
    return [attention(check, object, error.message, remedyFor(error.message))];
  }
}

async function serverCertificate(
  name: string,
  transport: Extract<EngineConnection['transport'], { kind: 'tls' }>,
): Promise<Checked[]> {
  return [judgeValidity(`${name} (its engine)`, await serverValidity(name, transport), Date.now())];
}

/** Without it, containers go down with their engine, and its every update is an outage. */
function judgeLiveRestore(name: string, { liveRestore }: ExaminedEngine): Checked {
  return liveRestore
    ? fine('live-restore', name, 'containers run on while the engine restarts')
    : attention(
        'live-restore',
        name,
        'containers stop when the engine does',
        `set "live-restore": true in its daemon.json, and reload it by SIGHUP`,
      );
}

function judgePin(name: string, id: string, known: string | null): Checked {
  if (known === null) return fine('engine', name, 'no change has used it yet');
  if (known === id) return fine('engine', name, 'it is the one it was');
  return attention(
    ...[
      'engine',
      name,
      `engine ${id} answers, and it was ${known} before: another machine, or installed anew`,
    ],
    ...[`if that is right, say so by 'cmanage forgethost ${name}'`],
  );
}

async function spaceOf(connection: EngineConnection, { root, space }: ExaminedEngine): Promise<Checked[]> {
  const { name } = connection;
  const object = `${name}:${root}`;
  return orTell(
    async () => {
      const found = space ?? (await spaceOnHost(connection, root));
      return [
        found
          ? judgeSpace(object, found)
          : unknown(
              'disk',
              object,
              'its engine does not tell how much is free',
              `look there by 'df -h ${root}'; hosts that are reached by ssh are asked`,
            ),
      ];
    },
    'disk',
    object,
  );
}
