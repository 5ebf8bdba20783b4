import type { ContainerInspectInfo } from 'dockerode';
import { HostError } from '../model/errors.ts';
import { specHash, type ContainerSpec } from '../plan/spec.ts';
import type { OrphanAt, Renaming } from '../plan/strays.ts';
import { label } from './containerBody.ts';
import { inspect } from './containers.ts';
import { pause, within } from './deadline.ts';
import { onEngine, statusOf, type Engine } from './engine.ts';

/** Containers of ours that went astray: they have another name, or no state has them. */

/** Seconds for one call that does not wait for a container to end. */
const callDeadline = 30;

/** Gives a container of ours another name; it runs on meanwhile. Where it has that name already, nothing is done. */
export async function renameContainer(
  engine: Engine,
  spec: ContainerSpec,
  { from, to }: Renaming,
  environment: string,
): Promise<string> {
  const doing = `renaming ${from} to ${to}`;
  const isOurs = (found: ContainerInspectInfo | null): found is ContainerInspectInfo =>
    found?.Config.Labels[label.environment] === environment &&
    found.Config.Labels[label.spec] === specHash(spec);
  const found = await inspect(engine, from, null);
  if (!isOurs(found)) {
    if (isOurs(await inspect(engine, to, null))) return 'has that name already';
    throw new HostError(engine.name, doing, `there is no container ${from} of ours any more`);
  }
  // By the engine's own id: the name may be another one's by now.
  const rename = (signal: AbortSignal): Promise<unknown> =>
    engine.docker.getContainer(found.Id).rename({ name: to, abortSignal: signal });
  await within(callDeadline, null, rename).catch((error: unknown) => {
    if (statusOf(error) !== 409) return onEngine(engine, doing)(error);
    const remedy = `rename or remove that one on ${engine.name}`;
    throw new HostError(engine.name, doing, `another container has that name: ${remedy}`);
  });
  return `is ${to} again`;
}

/**
 * Stops and removes a container of this environment that no state has, with its anonymous volumes. One that has lost the
 * environment's label meanwhile is somebody else's, and stays.
 */
export async function removeOrphan(
  engine: Engine,
  { object, container, grace }: OrphanAt & { readonly object: string },
  environment: string,
): Promise<string> {
  const doing = `removing ${object}`;
  const gone = (error: unknown): void => {
    const status = statusOf(error);
    if (status !== 304 && status !== 404 && status !== 409) onEngine(engine, doing)(error);
  };
  const orphan = engine.docker.getContainer(container);
  const isThere = async (signal: AbortSignal | null): Promise<boolean> => {
    const found = await inspect(engine, container, signal);
    return found?.Config.Labels[label.environment] === environment;
  };
  if (!(await isThere(null))) return 'is not there';
  await within(callDeadline + grace, null, (signal) => orphan.stop({ t: grace, abortSignal: signal })).catch(
    gone,
  );
  const signal = AbortSignal.timeout(callDeadline * 1000);
  while (await isThere(signal)) {
    await within(callDeadline, signal, (inner) =>
      orphan.remove({ v: true, force: true, abortSignal: inner }),
    ).catch(gone);
    await pause(20, signal);
  }
  return 'removed';
}
