import type { Goal, Wish } from '../goal/goal.ts';
import { planGoal } from '../goal/planGoal.ts';
import { HostError, UserError } from '../model/errors.ts';
import type { Facts } from '../model/environment.ts';
import { containersOf, stacksOf } from '../model/lookup.ts';
import { parametersFor } from '../model/rules.ts';
import type { Service, State } from '../model/state.ts';
import { compareInOrder, defaultOrder, type Orderable } from '../model/versionOrder.ts';
import { compareVersions } from '../model/version.ts';
import { goalAnswer, goalText } from '../report/goal.ts';
import { printable } from '../report/printable.ts';
import { renderAs } from '../report/table.ts';
import { complain } from './complain.ts';
import { terminalColumns } from './options.ts';
import { exitCode } from './exit.ts';
import { lookUp, needsTimes } from './facts.ts';
import type { CommonOptions } from './options.ts';
import { missingStage, openSession, requireService, type Session } from './session.ts';

export type GoalOptions = CommonOptions & {
  readonly service?: string;
  /** Versions that may be released beside those of the goal. */
  readonly using?: readonly string[];
  /** The most states that are looked at. */
  readonly limit: number;
};

/** Prints the shortest commands to a goal, or what is in the way of it and the nearest goal that is possible. Touches nothing. */
export async function findWay(wishes: readonly Wish[], options: GoalOptions): Promise<number> {
  const { service: name } = options;
  const session = await openSession(options, {
    write: false,
    ...(name === undefined ? {} : { concerns: [name] }),
  });
  try {
    const { state, config } = session;
    const { environment } = config;
    const service = name === undefined ? onlyService(state) : requireService(state, name);
    refuseStrange(wishes, environment.rules.stages);
    tellOtherNames(state, service, wishes);
    const goal: Goal = { service: service.name, wishes };
    const facts = await lookUpEach(session, service, versionsToRelease(state, goal, options.using ?? []));
    const order = parametersFor(environment.rules, 'stack-versions', service.name, defaultOrder);
    const standing = stacksOf(state, service.name).flatMap((stack) => containersOf(state, stack.name));
    const candidates = inOrder(order, facts.images);
    // What is wanted has a place among them, too, whether it can be had or not.
    const wanted = wishes.map(({ version }) => ({ version, created: null }));
    const versions = inOrder(order, [...wanted, ...standing, ...candidates]);
    const ground = { service: service.name, environment, facts };
    const found = planGoal(state, { ...ground, goal, candidates, versions, limit: options.limit });
    const { stages } = environment.rules;
    const answer = goalAnswer(state, goal, found, { stages, typed: typedBy(options) });
    console.log(renderAs(options.output, answer, () => goalText(answer, terminalColumns())));
    return found.shortest === null ? exitCode.refused : exitCode.done;
  } finally {
    await session.close();
  }
}

function onlyService({ services }: State): Service {
  const [only, ...others] = services;
  if (only && others.length === 0) return only;
  throw new UserError(
    only
      ? "say which service the goal is about: '--service NAME'"
      : "there is no service yet: add one by 'cmanage addservice'",
  );
}

function refuseStrange(wishes: readonly Wish[], stages: readonly string[]): void {
  for (const { stage } of wishes) {
    if (!stages.includes(stage)) missingStage(stage, stages);
    if (wishes.filter((wish) => wish.stage === stage).length > 1)
      throw new UserError(`the goal names ${stage} twice: give each stage one version`);
  }
}

/** `0.2` and `v0.2` are one version and two tags: what stands by the other name was probably meant. */
function tellOtherNames(state: State, { name }: Service, wishes: readonly Wish[]): void {
  const standing = stacksOf(state, name).flatMap((stack) => containersOf(state, stack.name));
  for (const { stage, version } of wishes) {
    if (standing.some((row) => row.version === version)) continue;
    const other = standing.find((row) => compareVersions(row.version, version) === 0);
    if (other)
      console.error(
        `cmanage: ${other.version} stands there, and ${version} does not: is ${stage}=${other.version} meant?`,
      );
  }
}

/** Those that are wanted, those that may be used, and what is on top of the stacks already, to fill them up with. */
function versionsToRelease(state: State, { service, wishes }: Goal, using: readonly string[]): string[] {
  const tops = stacksOf(state, service).flatMap(
    ({ name }) => containersOf(state, name).at(-1)?.version ?? [],
  );
  return [...new Set([...wishes.map(({ version }) => version), ...using, ...tops])];
}

/** Looks every version up. One that cannot be had is told, and is not released on any way. */
async function lookUpEach(session: Session, service: Service, versions: readonly string[]): Promise<Facts> {
  const { name, image, pull } = service;
  const hosts = stacksOf(session.state, name).map((stack) => stack.host);
  const times = needsTimes(session.config.environment, name);
  const answers = versions.map(async (version): Promise<Facts['images']> => {
    try {
      return (await lookUp({ image, pull, versions: [version], hosts, times }, session)).images;
    } catch (error) {
      if (!(error instanceof HostError || error instanceof UserError)) throw error;
      complain('warning', printable(`cmanage: ${version} cannot be released now: ${error.message}`));
      return [];
    }
  });
  return { images: (await Promise.all(answers)).flat(), now: Date.now() };
}

/** Each version once, the earliest first; those without an order come where they stand. */
function inOrder(order: typeof defaultOrder, versions: readonly Orderable[]): Orderable[] {
  const known = new Map(versions.map(({ version, created }) => [version, { version, created }]));
  return [...known.values()].sort((a, b) => compareInOrder(order, a, b) ?? 0);
}

/** What was typed to find the configuration is to be typed again. */
function typedBy({ etc }: CommonOptions): string {
  if (etc === undefined) return 'cmanage';
  return `cmanage --etc ${/^[\w./-]+$/.test(etc) ? etc : `'${etc.replaceAll("'", `'\\''`)}'`}`;
}
