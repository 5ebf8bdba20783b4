import { findDirectory, readConfig, type Config } from '../../config/config.ts';
import { followEvents } from '../../docker/events.ts';
import { openDatabase } from '../../store/database.ts';
import { readEnvironment } from '../../store/state.ts';
import { exitCode } from '../exit.ts';
import type { CommonOptions } from '../options.ts';
import { openOwnLog } from '../ownLog.ts';
import { stopSignal } from '../stopSignal.ts';
import { teller, type Tell } from './tell.ts';
import { Watcher, type Rules } from './watcher.ts';
import { makeWaker, type Waker } from './waker.ts';

export type WatchOptions = CommonOptions & {
  /** Seconds between two looks, and repairs within an hour, where they are not as cmanage.yml says. */
  readonly interval?: number;
  readonly limit?: number;
  readonly tellOnly?: boolean;
};

/** Milliseconds without another event after which is looked; and after which is looked although they go on. */
const settling = { rest: 1_000, most: 5_000 };

/**
 * `cmanage watch`: looks at everything again and again, and soon after something happened to a container; mends what `heal` would mend, and
 * tells before and after. Ends with 0 by SIGTERM or Ctrl-C, after the repair that is under way.
 */
export async function watch(options: WatchOptions): Promise<number> {
  const directory = findDirectory(options.etc, process.env.CMANAGE_ETC);
  const config = readConfig(directory);
  const { watch: settings, environmentName } = config.settings;
  openOwnLog(options, config.settings);
  const rules: Rules = {
    interval: options.interval ?? settings.interval,
    repairsPerHour: options.limit ?? settings.repairsPerHour,
    repairsPerObject: settings.repairsPerObject,
    repairs: options.tellOnly !== true,
  };
  const tell = teller(environmentName, settings, options.output === 'json');
  // A repair under way listens to the same signals, and goes to its end.
  const stop = stopSignal();
  const waker = makeWaker(settling);
  const environment = await environmentOf(config);
  const listening = listen(config, environment, { waker, tell, signal: stop.signal });
  await tell({
    event: 'watching',
    text: `every ${rules.interval} s, and whatever happens on ${hostsOf(config)}`,
  });
  const watcher = new Watcher(options, rules, tell);
  try {
    while (!stop.signal.aborted) {
      const seconds = await watcher.look();
      await waker.sleep(seconds * 1000, stop.signal);
    }
  } finally {
    stop.end();
    await listening;
  }
  await tell({ event: 'stopped', text: 'watching has ended' });
  return exitCode.done;
}

function hostsOf({ connection }: Config): string {
  return connection.engines.map(({ name }) => name).join(', ') || 'no host';
}

async function environmentOf({ settings }: Config): Promise<string> {
  const database = await openDatabase(settings.statePath, { readOnly: true });
  try {
    return (await readEnvironment(database.source)).id;
  } finally {
    await database.source.destroy();
  }
}

type Means = { readonly waker: Waker; readonly tell: Tell; readonly signal: AbortSignal };

/** Listens to every engine of hosts.yml; resolves when the signal has aborted and nobody listens any more. */
async function listen(
  { connection }: Config,
  environment: string,
  { waker, tell, signal }: Means,
): Promise<void> {
  const all = connection.engines.map((engine) => {
    const onChange = (problem: Error | null): void => {
      const where = `the events of ${engine.name}`;
      void tell(
        problem === null
          ? { event: 'connected', text: `listening to ${where}` }
          : {
              event: 'lost',
              text: `${where} are not heard, and it is looked every so often: ${problem.message}`,
            },
      );
    };
    return followEvents(engine, environment, { onEvent: waker.nudge, onChange }, signal);
  });
  await Promise.all(all);
}
