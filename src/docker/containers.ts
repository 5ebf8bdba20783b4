import { Readable } from 'node:stream';
import type { ContainerInspectInfo } from 'dockerode';
import { pack } from 'tar-stream';
import { HostError } from '../model/errors.ts';
import { specHash, type ContainerSpec } from '../plan/spec.ts';
import { readInspection } from './answers.ts';
import { containerBody, label, needsVolume, secretsDirectory, type Origin } from './containerBody.ts';
import { expiring, pause, within } from './deadline.ts';
import { NotDone, onEngine, onQuestion, statusOf, type Engine } from './engine.ts';
import { refuseRoot } from './images.ts';
import { readOwnFile } from './ownFiles.ts';

/** Seconds for one call that does not wait for a container to end. */
const callDeadline = 30;

/** The verbs of reliability.md's table: each says what counts as success and then verifies it. */

/** What the engine says of a container of this name, or null where it knows none. */
export async function inspect(
  engine: Engine,
  name: string,
  outer: AbortSignal | null,
): Promise<ContainerInspectInfo | null> {
  const ask = (signal: AbortSignal): Promise<ContainerInspectInfo> =>
    engine.docker.getContainer(name).inspect({ abortSignal: signal });
  try {
    return readInspection(await within(callDeadline, outer, ask));
  } catch (error) {
    if (statusOf(error) === 404) return null;
    return onQuestion(engine, `inspecting ${name}`)(error);
  }
}

/** Whether a container is the very one we mean: of this environment and made from this specification. */
function isOurs(found: ContainerInspectInfo, spec: ContainerSpec, environment: string): boolean {
  const labels = found.Config.Labels;
  return labels[label.environment] === environment && labels[label.spec] === specHash(spec);
}

/**
 * Creates a container. Where the name is taken, by us in an earlier attempt, that container is adopted; a foreign one
 * is never touched. A 409 followed by a 404 is a creation in flight, and is asked again.
 */
export async function createContainer(
  engine: Engine,
  spec: ContainerSpec,
  origin: Origin,
  outer: AbortSignal,
): Promise<'created' | 'adopted'> {
  const body = containerBody(spec, origin);
  const doing = `creating ${spec.name}`;
  let isUnderWay = false;
  await refuseRoot(engine, spec, outer);
  for (let attempt = 0; attempt < 10; attempt++) {
    try {
      // Given as one object, dockerode would repeat the body, and the values of variables with it, in the URL.
      const options = { _query: { name: spec.name }, _body: body };
      const create = (signal: AbortSignal): Promise<unknown> =>
        engine.docker.createContainer({ ...options, abortSignal: signal });
      await within(callDeadline, outer, create);
      await putSecrets(engine, spec, outer);
      return 'created';
    } catch (error) {
      // What it says of this attempt then tells nothing of the one that is under way.
      if (statusOf(error) !== 409) return (isUnderWay ? onQuestion : onEngine)(engine, doing)(error);
    }
    isUnderWay = true;
    const found = await inspect(engine, spec.name, outer);
    if (found) {
      refuseForeign(engine, found, spec, origin.environment);
      // An attempt that was cut off after the creation may not have come to the secret files.
      if (found.State.Status === 'created') await putSecrets(engine, spec, outer);
      return 'adopted';
    }
    await pause(100 * (attempt + 1), outer);
  }
  throw new HostError(engine.name, doing, 'the name stays taken by a container that cannot be seen');
}

function refuseForeign(
  engine: Engine,
  found: ContainerInspectInfo,
  spec: ContainerSpec,
  environment: string,
): void {
  if (isOurs(found, spec, environment)) return;
  const { [label.environment]: owner, [label.operation]: operation } = found.Config.Labels;
  const number = operation ?? '?';
  const [whose, remedy] =
    owner === environment
      ? [
          `left by operation ${number} with other settings`,
          `undo that by 'cmanage rollback --operation ${number}'; if it has ended, remove the container by 'docker rm -f ${spec.name}' on ${engine.name}`,
        ]
      : [
          'not made by this environment',
          `look at it, and rename it by 'docker rename ${spec.name} NAME' on ${engine.name}`,
        ];
  const fact = `there is a container of this name ${whose}: ${remedy}`;
  // It is what became of the 409, so that nothing of ours is on its way.
  throw new HostError(engine.name, `creating ${spec.name}`, new NotDone(fact));
}

/** Puts the secret files into the created container, before it starts, as /run/secrets/NAME. */
async function putSecrets(engine: Engine, spec: ContainerSpec, outer: AbortSignal): Promise<void> {
  if (spec.settings.secretFiles.length === 0) return;
  const archive = pack();
  // A volume is there already, and nothing but it can be written to.
  const [root, inside] = needsVolume(spec) ? [secretsDirectory, ''] : ['/', 'run/secrets/'];
  if (inside !== '') {
    archive.entry({ name: 'run/', type: 'directory', mode: 0o755 });
    archive.entry({ name: inside, type: 'directory', mode: 0o755 });
  }
  for (const { name, path } of spec.settings.secretFiles) {
    archive.entry({ name: `${inside}${name}`, mode: 0o444 }, readOwnFile(path));
  }
  archive.finalize();
  const body = Readable.from(archive);
  const put = (signal: AbortSignal): Promise<unknown> =>
    engine.docker.getContainer(spec.name).putArchive(body, { path: root, abortSignal: signal });
  await within(callDeadline, outer, put).catch(onEngine(engine, `putting secret files into ${spec.name}`));
}

/** Starts a container. 304 says it was started already. A port that somebody else has is named. */
export async function startContainer(engine: Engine, spec: ContainerSpec, outer: AbortSignal): Promise<void> {
  const container = engine.docker.getContainer(spec.name);
  try {
    await within(callDeadline, outer, (signal) => container.start({ abortSignal: signal }));
  } catch (error) {
    if (statusOf(error) === 304) return;
    if (/port is already allocated|address already in use/.test(String(error))) {
      const fact = `port ${spec.hostPort} of the host is taken by something else; free it, or narrow 'ports' in hosts.yml`;
      throw new HostError(engine.name, `starting ${spec.name}`, fact);
    }
    onEngine(engine, `starting ${spec.name}`)(error);
  }
}

/**
 * Stops a container of ours: its restart policy is set to `no` first, so that a restarted engine does not bring it
 * back. 304 and 404 say it is down already. `grace` is the seconds between SIGTERM and SIGKILL. Returns whether there was
 * something of ours to stop.
 */
export async function stopContainer(
  engine: Engine,
  spec: ContainerSpec,
  grace: number,
  environment: string,
): Promise<boolean> {
  const found = await inspect(engine, spec.name, null);
  if (!found || !isOurs(found, spec, environment)) return false;
  const container = engine.docker.getContainer(found.Id);
  const down = (error: unknown): void => {
    const status = statusOf(error);
    if (status !== 304 && status !== 404) onEngine(engine, `stopping ${spec.name}`)(error);
  };
  /** False where it ends by itself at this very moment: then it cannot be updated [tried, 20.10: 500] before it is down. */
  const setPolicy = async (): Promise<boolean> => {
    try {
      await within(callDeadline, null, (signal) =>
        container.update({ RestartPolicy: { Name: 'no' }, abortSignal: signal }),
      );
    } catch (error) {
      if (String(error).includes('cannot update a stopped container')) return false;
      down(error);
    }
    return true;
  };
  const isSet = await setPolicy();
  await within(callDeadline + grace, null, (signal) =>
    container.stop({ t: grace, abortSignal: signal }),
  ).catch(down);
  if (!isSet) await setPolicy();
  return true;
}

/** Removes a stopped container of ours with its anonymous volumes, and waits until the engine knows it no more. */
export async function removeContainer(
  engine: Engine,
  spec: ContainerSpec,
  environment: string,
): Promise<void> {
  const signal = expiring(callDeadline);
  for (;;) {
    const found = await inspect(engine, spec.name, signal);
    if (!found || !isOurs(found, spec, environment)) return;
    const remove = (inner: AbortSignal): Promise<unknown> =>
      engine.docker.getContainer(found.Id).remove({ v: true, force: true, abortSignal: inner });
    await within(callDeadline, signal, remove).catch((error: unknown) => {
      const status = statusOf(error);
      if (status !== 404 && status !== 409) onEngine(engine, `removing ${spec.name}`)(error);
    });
    await pause(20, signal).catch(onEngine(engine, `waiting until ${spec.name} is removed`));
  }
}

/** Brings the restart policy of a container back that a stop had set to `no`. */
export async function keepRunning(engine: Engine, name: string, outer: AbortSignal): Promise<void> {
  const update = (signal: AbortSignal): Promise<unknown> =>
    engine.docker.getContainer(name).update({ RestartPolicy: { Name: 'always' }, abortSignal: signal });
  await within(callDeadline, outer, update).catch(onEngine(engine, `setting the restart policy of ${name}`));
}

/** The last lines a container wrote, for a message about why it failed; empty where they cannot be had. */
export async function lastLines(engine: Engine, name: string): Promise<string> {
  const read = (signal: AbortSignal): Promise<Buffer> =>
    engine.docker
      .getContainer(name)
      .logs({ stdout: true, stderr: true, tail: 3, follow: false, abortSignal: signal });
  const frames = await within(1, null, read).catch(() => Buffer.alloc(0));
  // One that was started again and again says the same each time.
  return [...new Set(linesOf(Buffer.from(frames)))].join(' / ');
}

/** Takes the text out of the engine's log frames: 8 bytes of header, the last four of them the length. */
function linesOf(frames: Buffer): string[] {
  const text: string[] = [];
  for (let at = 0; at + 8 <= frames.length;) {
    const length = frames.readUInt32BE(at + 4);
    text.push(
      frames
        .subarray(at + 8, at + 8 + length)
        .toString('utf8')
        .trim(),
    );
    at += 8 + length;
  }
  return text.filter((line) => line !== '');
}
