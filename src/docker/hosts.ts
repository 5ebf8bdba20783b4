import type { ContainerInfo } from 'dockerode';
import { readList, readText } from './answers.ts';
import { within } from './deadline.ts';
import { onEngine, type Engine } from './engine.ts';
import { label } from './containerBody.ts';

/** Seconds for a question about the host as a whole. */
const askDeadline = 10;

/** The id an engine made for itself when it was installed: another id is another machine. */
export async function engineId(engine: Engine, outer: AbortSignal | null): Promise<string> {
  // The package takes options here, which its types do not know.
  const { docker } = engine as {
    docker: { info: (options: { abortSignal: AbortSignal }) => Promise<{ ID: string }> };
  };
  const ask = (signal: AbortSignal): Promise<{ ID: string }> => docker.info({ abortSignal: signal });
  return within(askDeadline, outer, ask)
    .then((answer) => readText(answer, 'ID'))
    .catch(onEngine(engine, 'asking the engine'));
}

/** What runs on a host under this environment's label, running or not. */
export async function observe(engine: Engine, environment: string): Promise<ContainerInfo[]> {
  const filters = { label: [`${label.environment}=${environment}`] };
  const list = (signal: AbortSignal): Promise<ContainerInfo[]> =>
    engine.docker.listContainers({ all: true, filters, abortSignal: signal });
  return within(askDeadline, null, list).then(readList).catch(onEngine(engine, 'listing its containers'));
}
