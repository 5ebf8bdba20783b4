import { createHash } from 'node:crypto';
import { label } from '../../docker/containerBody.ts';
import { observe } from '../../docker/hosts.ts';
import { partOf } from '../../model/part.ts';
import type { State } from '../../model/state.ts';
import type { SeenContainer, Sight } from '../../plan/saved.ts';
import { readEnvironment } from '../../store/state.ts';
import type { Session } from '../session.ts';

/** Looks at everything a saved plan rests on, when it is made and again when it is run. */
export async function look(session: Session, { state, services, hosts, live, images }: View): Promise<Sight> {
  const concerned = new Set(services);
  return {
    services,
    state: partOf(state, concerned),
    images,
    containers: await seenContainers(session, hosts, concerned),
    configurations: [...live].map(([loadbalancer, config]) => ({
      loadbalancer,
      sha256: createHash('sha256').update(config).digest('hex'),
    })),
  };
}

export type View = {
  readonly state: State;
  readonly services: readonly string[];
  readonly hosts: readonly string[];
  readonly live: ReadonlyMap<string, string>;
  readonly images: Sight['images'];
};

/** The hosts that have, or will have, a stack of these services. */
export function hostsOf(services: readonly string[], ...states: readonly State[]): string[] {
  const concerned = new Set(services);
  const stacks = states.flatMap((state) => state.stacks).filter((stack) => concerned.has(stack.service));
  return [...new Set(stacks.map((stack) => stack.host))].sort();
}

async function seenContainers(
  session: Session,
  hosts: readonly string[],
  services: ReadonlySet<string>,
): Promise<SeenContainer[]> {
  const environment = (await readEnvironment(session.database.source)).id;
  const lists = hosts.map(async (host) => {
    const containers = await observe(await session.engineOf(host), environment);
    return containers
      .filter(({ Labels }) => services.has(Labels[label.service] ?? ''))
      .map(({ Id, Names, State: status }) => ({ host, name: Names[0]?.slice(1) ?? '', id: Id, status }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  });
  return (await Promise.all(lists)).flat();
}
