import type { StateChange } from '../model/change.ts';
import type { Endpoint } from '../model/state.ts';
import type { Weight } from '../model/traffic.ts';
import type { StackChange } from '../plan/preview.ts';
import type { Plan } from '../plan/step.ts';

type Changed = { readonly stacks: readonly StackChange[]; readonly plan: Plan };

/**
 * What a change did, a line each, such as `webapp: prod v0.3 → v0.4 on 2 hosts`: by service and stage for containers, by name for
 * endpoints, external services and settings. Trees are drawn elsewhere.
 */
export function changedLines({ stacks, plan }: Changed, stages: readonly string[]): string[] {
  const commit = plan.steps.find((step) => step.kind === 'commit_state');
  return [...stackLines(stacks, stages), ...(commit ? rowLines(commit.change, stacks) : [])];
}

/** Stacks that change alike, as twins do, share a line. */
function stackLines(stacks: readonly StackChange[], stages: readonly string[]): string[] {
  const hosts = new Map<string, string[]>();
  for (const change of stacks) {
    const text = `${change.service}: ${stackText(change, stages)}`;
    hosts.set(text, [...(hosts.get(text) ?? []), change.host]);
  }
  return [...hosts].map(([text, names]) => `${text} on ${count(names)}`);
}

function count(hosts: readonly string[]): string {
  return hosts.length === 1 ? (hosts[0] ?? '') : `${hosts.length} hosts`;
}

function stackText({ before, after }: StackChange, stages: readonly string[]): string {
  const place = (position: number): string => stages[position] ?? `position ${position}`;
  const versions = (cells: StackChange['before']): string =>
    cells.map(({ version }, position) => `${place(position)} ${version}`).join(', ');
  if (before.length === 0) return `a new stack with ${versions(after)}`;
  if (after.length === 0) return `no stack any more, ${versions(before)} gone`;
  const height = Math.max(before.length, after.length);
  const stays = new Set(after.map(({ name }) => name));
  return Array.from({ length: height }, (_, position) => {
    const [old, next] = [before[position], after[position]];
    // What has moved down is told where it is now.
    if (!next) return old && !stays.has(old.name) ? [`${place(position)} ${old.version} gone`] : [];
    if (!old) return [`${place(position)} ${next.version}`];
    if (old.version !== next.version) return [`${place(position)} ${old.version} → ${next.version}`];
    return old.name === next.name ? [] : [`${place(position)} ${next.version} anew`];
  })
    .flat()
    .join(', ');
}

function rowLines({ services, endpoints, externals }: StateChange, stacks: readonly StackChange[]): string[] {
  const hasStacks = new Set(stacks.map(({ service }) => service));
  return [
    ...pairs(services)
      .filter(([, , name]) => !hasStacks.has(name))
      .map(([old, next, name]) => `${name}: ${old ? (next ? 'set otherwise' : 'gone') : 'added'}`),
    ...pairs(endpoints).map(([old, next, name]) => `${name}: ${endpointText(old, next)}`),
    ...pairs(externals).map(
      ([old, next, name]) => `${name}: ${old ? (next ? 'led elsewhere' : 'gone') : 'added'}`,
    ),
  ];
}

/** Each row before and after, with its name. */
function pairs<Row extends { readonly name: string }>({
  removed,
  added,
}: {
  readonly removed: readonly Row[];
  readonly added: readonly Row[];
}): [Row | undefined, Row | undefined, string][] {
  const names = new Set([...removed, ...added].map(({ name }) => name));
  const find = (rows: readonly Row[], name: string): Row | undefined => rows.find((row) => row.name === name);
  return [...names].map((name) => [find(removed, name), find(added, name), name]);
}

function endpointText(old: Endpoint | undefined, next: Endpoint | undefined): string {
  if (!next) return 'closed';
  if (!old) return `open at port ${next.port}, position ${next.pointer}`;
  const [weightsBefore, weights] = [old, next].map(({ options }) => weightsText(options.weights));
  const facts = [
    ...(old.pointer === next.pointer ? [] : [`position ${old.pointer} → ${next.pointer}`]),
    ...(weightsBefore === weights ? [] : [`weights ${weightsBefore} → ${weights}`]),
    ...(old.port === next.port ? [] : [`port ${old.port} → ${next.port}`]),
  ];
  return facts.length === 0 ? 'set otherwise' : facts.join(', ');
}

function weightsText(weights: readonly Weight[]): string {
  return weights.map(({ position, weight }) => `${position}=${weight}`).join(' ') || 'none';
}
