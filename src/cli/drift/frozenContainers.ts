import { ownersOf } from '../../model/lookup.ts';
import { serviceLock } from '../../plan/beside.ts';
import type { Sightings } from '../../plan/drift.ts';
import { readFreezes } from '../../store/freezes.ts';
import type { Session } from '../session.ts';

/** The containers of services that a person has frozen, those no state has among them, with why they are left alone. */
export async function frozenContainers(
  { database, state }: Session,
  sightings: Sightings,
): Promise<ReadonlyMap<string, string>> {
  const freezes = new Map((await readFreezes(database)).map((freeze) => [freeze.name, freeze]));
  if (freezes.size === 0) return new Map();
  const rows = [...state.containers, ...state.retained].map((row) => ({
    name: row.name,
    service: ownersOf(state, row).service.name,
  }));
  const seen = [...sightings.values()].flatMap((found) => (found instanceof Error ? [] : found));
  return new Map(
    [...rows, ...seen.filter(({ isOurs }) => isOurs)].flatMap(({ name, service }): [string, string][] => {
      const freeze = freezes.get(serviceLock(service ?? ''));
      if (service === null || !freeze) return [];
      const { actor, since, reason } = freeze;
      const lift = `'cmanage unlock ${service}', then 'cmanage heal'`;
      return [[name, `heal leaves it: ${service} is frozen by ${actor} since ${since} (${reason}): ${lift}`]];
    }),
  );
}
