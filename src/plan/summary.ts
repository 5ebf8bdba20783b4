import type { StackChange } from './preview.ts';
import type { Plan } from './step.ts';

/** What an operation does to one service, for the history. Stacks that change alike, as twins do, stand together. */
export type ServiceSummary = {
  readonly service: string;
  readonly changes: readonly {
    readonly stacks: readonly string[];
    /** The versions from position 0 up. */
    readonly before: readonly string[];
    readonly after: readonly string[];
  }[];
};

export type OperationSummary = readonly ServiceSummary[];

/** The services an operation is about, by name: those whose stacks change, and those with other rows that do. */
export function summaryOf({
  stacks,
  plan,
}: {
  readonly stacks: readonly StackChange[];
  readonly plan: Plan;
}): OperationSummary {
  const services = new Set([...stacks.map((change) => change.service), ...servicesNamedIn(plan)]);
  return [...services].sort().map((service) => ({
    service,
    changes: alike(stacks.filter((change) => change.service === service)),
  }));
}

/** The services and external services whose rows or containers a plan changes. */
function servicesNamedIn({ steps }: Plan): string[] {
  return steps.flatMap((step) => {
    if ('spec' in step) return [step.spec.service];
    if (step.kind !== 'commit_state') return [];
    const { services, stacks, endpoints, edges, externals } = step.change;
    return [
      ...[services, externals].flatMap(({ removed, added }) => [...removed, ...added].map((row) => row.name)),
      ...[stacks, endpoints].flatMap(({ removed, added }) =>
        [...removed, ...added].map((row) => row.service),
      ),
      ...[...edges.removed, ...edges.added].flatMap(({ parent, child }) => [parent, child]),
    ];
  });
}

function alike(stacks: readonly StackChange[]): ServiceSummary['changes'] {
  const groups = new Map<string, { stacks: string[]; before: string[]; after: string[] }>();
  for (const change of stacks) {
    const [before, after] = [change.before, change.after].map((cells) => cells.map((cell) => cell.version));
    const key = JSON.stringify([before, after]);
    const group = groups.get(key) ?? { stacks: [], before: before ?? [], after: after ?? [] };
    group.stacks.push(change.stack);
    groups.set(key, group);
  }
  return [...groups.values()];
}
