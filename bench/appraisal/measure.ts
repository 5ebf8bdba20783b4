import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engineGet } from '../../lab/engineApi.ts';
import type { Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { labVariables } from '../../lab/text.ts';
import type { Sample } from '../../test/docs/samples.ts';
import { runSession } from '../../test/docs/session.ts';
import { answersAt } from '../../test/support/http.ts';
import { startLoad } from '../../test/support/load.ts';
import { changedLines, countsOf, isEdit, type Counts } from './counts.ts';
import { tasks, type Task, type Way } from './tasks.ts';

/** What was sent to production and QA while a task was done. */
export type Requests = { readonly answered: number; readonly failed: number };

export type Figures = Counts & {
  /** Of the machine, with nobody thinking or typing. */
  readonly seconds: number;
  readonly requests: Requests;
};

/** What a task leaves: what production, QA and development answer, and how many containers run on each host. */
export type Left = { readonly serves: readonly string[]; readonly containers: readonly number[] };

/** What each task is to leave, whoever does it; going back leaves v0.4 on top. */
export const wanted: Readonly<Record<Task, Left>> = {
  'set up': { serves: ['v0.1', 'v0.2', 'v0.3'], containers: [3, 3] },
  'release and promote': { serves: ['v0.2', 'v0.3', 'v0.4'], containers: [3, 3] },
  'go back': { serves: ['v0.1', 'v0.2', 'v0.3'], containers: [4, 4] },
};

/** Does all tasks one way, on a lab that is empty. Throws where a task does not leave what is wanted. */
export async function appraise(lab: Lab, way: Way): Promise<Record<Task, Figures>> {
  const figures: [Task, Figures][] = [];
  for (const task of tasks) figures.push([task, await perform(lab, way, task)]);
  return Object.fromEntries(figures) as Record<Task, Figures>;
}

async function perform(lab: Lab, way: Way, task: Task): Promise<Figures> {
  const session = way.sessions[task];
  const config = readFileSync(lab.loadbalancer.config, 'utf8');
  const { seconds, requests, said } = await doneUnderLoad(lab, way, session, task !== 'set up');
  if (said !== null) throw new Error(`${way.name}: ${task}: ${said}`);
  const left = JSON.stringify(await leftBy(lab));
  if (left !== JSON.stringify(wanted[task])) throw new Error(`${way.name}: ${task}: left ${left}`);
  const commands = session.map(({ command }) => command);
  const edited = commands.some(isEdit)
    ? changedLines(config, readFileSync(lab.loadbalancer.config, 'utf8'))
    : [];
  return { ...countsOf(commands, edited), seconds, requests };
}

export type Done = {
  readonly seconds: number;
  readonly requests: Requests;
  /** What the first command that failed said; null where all ended with exit code 0. */
  readonly said: string | null;
};

/** Types a session while production and QA are asked without a pause, where there is an endpoint already. */
export async function doneUnderLoad(
  lab: Lab,
  way: Way,
  session: readonly Sample[],
  isServing = true,
): Promise<Done> {
  await run(lab, way.before);
  const loads = isServing ? [startLoad(lab, 8080), startLoad(lab, 8081)] : [];
  const started = performance.now();
  const outcomes = await run(lab, [...way.functions, ...session]);
  const seconds = (performance.now() - started) / 1000;
  await Promise.all(loads.map((load) => load.stop()));
  const seen = loads.map((load) => load.look());
  const failed = outcomes.find(({ exitCode }) => exitCode !== 0);
  return {
    seconds,
    said: failed ? `exit code ${failed.exitCode}: ${failed.printed}` : null,
    requests: {
      answered: seen.reduce((sum, { answered }) => sum + answered, 0),
      failed: seen.reduce((sum, look) => sum + look.failed.length, 0),
    },
  };
}

export async function leftBy(lab: Lab): Promise<Left> {
  const answers = await Promise.all([8080, 8081, 8082].map((port) => answersAt(lab, port)));
  const running = await Promise.all(lab.hosts.map(({ socket }) => engineGet(socket, '/containers/json')));
  return {
    serves: answers.map(({ versions }) => versions.join(' and ')),
    containers: running.map((containers) => (containers as unknown[]).length),
  };
}

function run(lab: Lab, session: readonly Sample[]) {
  return runSession(session, { cwd: lab.dir, env: environmentOf(lab), timeout: 300_000 });
}

function environmentOf(lab: Lab): Record<string, string> {
  return {
    PATH: [join(projectRoot(), 'bin'), dirname(process.execPath), process.env.PATH ?? ''].join(':'),
    HOME: lab.dir,
    LANG: 'C.UTF-8',
    ...labVariables(lab),
    HAPROXY_CFG: lab.loadbalancer.config,
    ...Object.fromEntries(lab.hosts.map(({ address }, index) => [`HOST${index + 1}`, address])),
  };
}
