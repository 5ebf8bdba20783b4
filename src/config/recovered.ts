import { z } from 'zod';
import { UserError } from '../model/errors.ts';
import type { ServiceSettings } from '../model/settings.ts';
import type { State } from '../model/state.ts';
import { endpointOptions, type Link } from '../model/traffic.ts';
import { faultsIn } from './stateFile.ts';
import { edgeRow, endpointRow, externalRow, linkRow, nameOf, serviceRow } from './stateRows.ts';

/** What hosts and load balancers say of a lost state; nothing of it is believed before it has passed the rules of an import. */

const linksLabel = z.record(nameOf, linkRow);
const trafficRow = serviceRow.shape.traffic.extend({ name: nameOf });

/** The settings on a container's label, without values of variables; null where there are none, or none that make sense. */
export function settingsOnLabel(text: string | undefined): ServiceSettings | null {
  const read = serviceRow.shape.settings.safeParse(parse(text));
  if (!read.success) return null;
  const env = Object.fromEntries(Object.keys(read.data.env).map((name) => [name, '']));
  return { ...read.data, env };
}

/** The links on a container's label. */
export function linksOnLabel(text: string | undefined): Readonly<Record<string, Link>> | null {
  const read = linksLabel.safeParse(parse(text));
  return read.success ? read.data : null;
}

/** The rows that a load balancer's configuration says; `where` names it in the message of what is wrong with them. */
export function rowsSaid(
  where: string,
  said: Readonly<Record<'endpoint' | 'edge' | 'external' | 'traffic', readonly unknown[]>>,
) {
  const read = <T>(kind: keyof typeof said, schema: z.ZodType<T>, rows = said[kind]): T[] => {
    const result = z.array(schema).safeParse(rows);
    if (result.success) return result.data;
    const faults = result.error.issues.map((issue) => `${kind} ${issue.path.join('.')}: ${issue.message}`);
    throw new UserError(
      `${where}: its comments were edited, and are no rows of a state: ${faults.join('; ')}`,
    );
  };
  return {
    endpoints: read('endpoint', endpointRow, said.endpoint.map(withUsualOptions)),
    edges: read('edge', edgeRow),
    externals: read('external', externalRow),
    traffic: read('traffic', trafficRow),
  };
}

/** Throws a UserError that says all that keeps rows from being a state: what names what is not there, or is there twice. */
export function checkRecovered(state: State, environment: string): void {
  const faults = faultsIn(state, environment);
  if (faults.length === 0) return;
  const shown = faults.slice(0, 20).join('\n');
  throw new UserError(
    `what was found makes no whole state; restore a backup, or import an export:\n${shown}`,
  );
}

function withUsualOptions(row: unknown): unknown {
  if (typeof row !== 'object' || row === null || !('options' in row)) return row;
  const { options } = row;
  return typeof options === 'object' && options !== null
    ? { ...row, options: endpointOptions(options) }
    : row;
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
