import { ownersOf, stacksOf } from '../model/lookup.ts';
import type { Container, Retained, State } from '../model/state.ts';
import { refusal, type Violation } from '../model/violation.ts';
import type { World } from './advance.ts';
import type { Step } from './step.ts';

/** The containers of services of which two must never run at a place, and who takes whose place. */

/**
 * Each new container of a stop-first service whose place another one has, with that one: the same position of the same
 * stack, or of the stack that leaves where its own is new (as when a host is drained). By the name of the new one.
 */
export function successionsIn(before: State, next: State): ReadonlyMap<string, Container> {
  const stays = new Set([...next.containers, ...next.retained.filter(isWarm)].map(({ name }) => name));
  const known = new Set([...before.containers, ...before.retained.filter(isWarm)].map(({ name }) => name));
  const successions = new Map<string, Container>();
  for (const service of next.services.filter(({ rolling }) => rolling.order === 'stop-first')) {
    const heir = heirsOf(before, next, service.name);
    const olds = before.containers.filter(
      (row) => !stays.has(row.name) && ownersOf(before, row).service.name === service.name,
    );
    for (const old of olds) {
      const stack = heir.get(old.stack) ?? old.stack;
      const successor = next.containers.find(
        (row) => row.stack === stack && row.position === old.position && !known.has(row.name),
      );
      if (successor) successions.set(successor.name, old);
    }
  }
  return successions;
}

/** What is retained warm runs on, as was asked, whatever its service says. */
function isWarm({ warm }: Retained): boolean {
  return warm;
}

/** The new stack for each one that leaves, one for one. */
function heirsOf(before: State, next: State, service: string): ReadonlyMap<string, string> {
  const [was, is] = [before, next].map((state) => stacksOf(state, service).map(({ name }) => name));
  const [leaving, coming] = [
    (was ?? []).filter((name) => is?.includes(name) !== true),
    (is ?? []).filter((name) => was?.includes(name) !== true),
  ];
  return new Map(
    leaving.flatMap((name, index) => (coming[index] === undefined ? [] : [[name, coming[index]]])),
  );
}

/** A container that starts while the one whose place it takes still runs. */
export function twoAtOnce(
  { standing }: World,
  step: Step,
  successions: ReadonlyMap<string, Container>,
): Violation[] {
  const old = step.kind === 'start_container' ? successions.get(step.spec.name) : undefined;
  const phase = standing.get(old?.name ?? '')?.phase;
  if (!old || (phase !== 'started' && phase !== 'healthy')) return [];
  const fact = `${old.name}, whose place it takes, still runs, and its service is stop-first`;
  return [refusal('every-step', step.object, fact, 'this is a bug in cmanage; please report the plan')];
}

/**
 * Makes a warning of it that a load balancer has no server for a backend, where all it is to have are containers which take
 * the places of others that must be down before.
 */
export function stopFirstExcuse(
  last: World,
  successions: ReadonlyMap<string, Container>,
): (violation: Violation) => Violation {
  return (violation) => {
    const servers = [...last.balancers.values()].flatMap(({ taking }) => taking.get(violation.object) ?? []);
    if (servers.length === 0 || !servers.every((server) => successions.has(server))) return violation;
    const service = last.standing.get(servers[0] ?? '')?.spec.service ?? '';
    const until = [...new Set(servers)].join(' or ');
    const fact = `${violation.fact} until ${until} is healthy: ${service} is stop-first`;
    const remedy = `expect no answer but that of maintenance meanwhile; where two may run at once, say so by 'cmanage changeservice ${service} --order start-first'`;
    return { ...violation, code: 'stop-first', level: 'warn', service, fact, remedy };
  };
}
