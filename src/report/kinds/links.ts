import { containersAt, externalNamed, ownersOf, targetAt } from '../../model/lookup.ts';
import { targetOf, type LinkTarget } from '../../model/links.ts';
import type { Container, State } from '../../model/state.ts';
import { targetText, type Mode } from '../../model/traffic.ts';
import type { Kind } from '../kind.ts';
import { noneOfServices, type View } from './view.ts';

/** A link as programs get it: where a container calls a child, and where its calls lead now. */
export type LinkEntry = {
  readonly name: string;
  readonly container: string;
  readonly service: string;
  readonly host: string;
  /** The stage of the container's position; null above the last stage. */
  readonly stage: string | null;
  readonly child: string;
  /** The address of the load balancer that the container was given. */
  readonly address: string;
  readonly port: number;
  readonly mode: Mode;
  /** Null where its calls lead nowhere. */
  readonly target: {
    /** On whose behalf the child is called. */
    readonly stage: string;
    /** Null for an external service, and for one whose target is missing. */
    readonly position: number | null;
    readonly version: string | null;
    /** The containers that answer, or the address of an external service. */
    readonly answers: readonly string[];
  } | null;
};

/** The links of all containers. Their addresses never change; where they lead does. */
export function linksKind(view: View): Kind<LinkEntry> {
  return {
    name: 'link',
    none: noneOfServices(
      view,
      'link',
      "no service calls another; 'cmanage connect SERVICE -c CHILD' lets it",
    ),
    rows: view.state.containers.flatMap((container) => linksOf(view, container)),
    nameOf: ({ name }) => name,
    entry: (link) => link,
    stagesOf: ({ stage }) => (stage === null ? [] : [stage]),
    hostsOf: ({ host }) => [host],
    columns: [
      { name: 'name', heading: 'Link', value: ({ name }) => name, shown: 'asked' },
      { name: 'container', heading: 'Container', value: ({ container }) => container },
      { name: 'stage', heading: 'Stage', value: ({ stage }) => stage, rank: 4 },
      { name: 'child', heading: 'Calls', value: ({ child }) => child },
      { name: 'address', heading: 'At', value: ({ address, port }) => `${address}:${port}` },
      { name: 'mode', heading: 'Mode', value: ({ mode }) => mode, rank: 6 },
      {
        ...{ name: 'target', heading: 'Leads to', value: leadsTo },
        tone: ({ target }) => (target && target.answers.length > 0 ? null : 'attention'),
      },
      { name: 'answers', heading: 'Answered by', rank: 5, value: (link) => answersText(link) },
      { name: 'service', heading: 'Service', value: ({ service }) => service, shown: 'asked', rank: 6 },
      { name: 'host', heading: 'Host', value: ({ host }) => host, shown: 'asked', rank: 6 },
    ],
  };
}

function leadsTo({ child, target }: LinkEntry): string | null {
  if (target === null) return null;
  const { position, version, stage } = target;
  return position === null
    ? `${child} of ${stage}`
    : `${child} ${version ?? 'nothing'} (position ${position}, ${stage})`;
}

function answersText({ target }: LinkEntry): string | null {
  return target && target.answers.length > 0 ? target.answers.join(' ') : null;
}

function linksOf({ state, environment }: View, container: Container): LinkEntry[] {
  const { stack } = ownersOf(state, container);
  const { service, host } = stack;
  const { name, position } = container;
  const stage = environment.rules.stages[position] ?? null;
  return Object.entries(container.links).map(([child, link]) => {
    const target = targetOf(state, environment, { service, position }, child);
    return {
      ...{ name: `${name}-${child}`, container: name, service, host, stage, child },
      ...{ address: link.host, port: link.port, mode: link.mode },
      target: target && answered(state, target),
    };
  });
}

function answered(state: State, { child, position, stage }: LinkTarget): LinkEntry['target'] {
  if (position !== null) {
    const behind = containersAt(state, child, position);
    return { stage, position, version: behind[0]?.version ?? null, answers: behind.map(({ name }) => name) };
  }
  const external = externalNamed(state, child);
  const target = external && targetAt(external, stage);
  return { stage, position, version: null, answers: target ? [targetText(target)] : [] };
}
