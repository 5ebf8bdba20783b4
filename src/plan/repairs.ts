import type { Container, Retained, State } from '../model/state.ts';
import {
  isMeant,
  othersIn,
  survey,
  unreachableHost,
  type Drift,
  type DriftKind,
  type Known,
  type Meant,
  type Sightings,
  type Surveyed,
} from './drift.ts';
import type { Orphan } from './orphans.ts';
import { placedIn, type Placed } from './placed.ts';

/** What is to be done about each finding on the hosts: which containers are mended how, and what is left alone. */

/**
 * `rename`: it has another name, and runs as it should. `settle`: it is coming up, or its restart policy is another one. `start`, `restart`,
 * `stop`: it is the right one. `make`: there is none. `rebuild`: the one there is was made otherwise.
 */
export type Work = 'rename' | 'settle' | 'start' | 'restart' | 'stop' | 'make' | 'rebuild';

export type Repair = Placed & {
  readonly work: Work;
  /** What it is called, where that is not its name. */
  readonly calledNow: string | null;
  /** Whether it answers requests as it is. */
  readonly answers: boolean;
  /** Whether there is a process to be stopped. */
  readonly runs: boolean;
  /** Whether it is retained stopped, and is not to run. */
  readonly rests: boolean;
  readonly drifts: readonly Drift[];
};

export type Findings = {
  readonly repairs: readonly Repair[];
  readonly orphans: readonly Orphan[];
  /** What is not mended, with what a person can do. */
  readonly left: readonly Drift[];
  /** The containers that answer requests as they are, and those of which nobody knows. */
  readonly answering: ReadonlySet<string>;
  readonly unknown: ReadonlySet<string>;
};

/** Judges what every host was seen to have. */
export function findingsIn(state: State, sightings: Sightings, known: Known): Findings {
  const place = placedIn(state);
  const found: Collected = { repairs: [], orphans: [], left: [], answering: new Set(), unknown: new Set() };
  for (const row of [...state.containers, ...state.retained]) {
    if (!Array.isArray(sightings.get(place(row).host))) found.unknown.add(row.name);
  }
  for (const [host, seen] of sightings) {
    if (seen instanceof Error) {
      found.left.push(unreachableHost(host, seen));
      continue;
    }
    const { rows, orphans } = survey(state, host, seen, null, known);
    for (const surveyed of rows) judge(surveyed, place(surveyed.row), known, found);
    for (const orphan of orphans) {
      if (orphan.fate === 'explained') continue;
      if (orphan.fate === 'left' || known.spared?.has(orphan.found.name)) found.left.push(orphan.drift);
      else found.orphans.push(orphan);
    }
  }
  return found;
}

type Collected = {
  readonly repairs: Repair[];
  readonly orphans: Orphan[];
  readonly left: Drift[];
  readonly answering: Set<string>;
  readonly unknown: Set<string>;
};

function judge(surveyed: Surveyed, placed: Placed, { meant, spared }: Known, found: Collected): void {
  const { row, drifts } = surveyed;
  if (answersNow(surveyed)) found.answering.add(row.name);
  const work = workFor(surveyed, placed, meant);
  if (work === 'none') return;
  if (work === null) {
    // What stands there is not ours to judge.
    found.unknown.add(row.name);
    found.left.push(...drifts);
  } else if (spared?.has(row.name)) found.left.push(...drifts);
  else found.repairs.push(repairOf(surveyed, placed, work));
}

/** How a container is mended: `none` where nothing is wrong, null where it is not ours to mend. */
function workFor({ row, found, drifts }: Surveyed, { spec }: Placed, meant: Meant): Work | 'none' | null {
  if (drifts.length === 0) return 'none';
  if (!found) return 'make';
  if (!found.isOurs || !isMeant(found, spec)) return null;
  const kinds = new Set<DriftKind>(drifts.map(({ kind }) => kind));
  const limits = othersIn(found.limits, meant(spec).limits).filter((name) => name !== 'RestartPolicy');
  const isOther = kinds.has('image') || kinds.has('port') || kinds.has('labels') || limits.length > 0;
  if (isOther) return 'rebuild';
  if (restsIn(row)) return found.status === 'running' ? 'stop' : 'rename';
  switch (found.status) {
    case 'running':
      if (found.problem !== null) return found.isStarting ? 'settle' : 'restart';
      return kinds.has('limits') ? 'settle' : 'rename';
    case 'exited':
    case 'created':
      return 'start';
    case 'paused':
    case 'restarting':
      return 'restart';
    default:
      return 'rebuild';
  }
}

function repairOf({ row, found, drifts }: Surveyed, placed: Placed, work: Work): Repair {
  return {
    ...placed,
    work,
    calledNow: found && found.name !== row.name ? found.name : null,
    answers: answersNow({ row, found }),
    runs: found !== undefined && ['running', 'paused', 'restarting'].includes(found.status),
    rests: restsIn(row),
    drifts,
  };
}

/** Whether a container gets no requests while it is mended, and gets them again when it is healthy. */
export function leavesTraffic({ work, answers, rests }: Repair): boolean {
  return !rests && work !== 'rename' && !(work === 'settle' && answers);
}

function answersNow({ row, found }: Pick<Surveyed, 'row' | 'found'>): boolean {
  return found?.isOurs === true && found.status === 'running' && found.problem === null && !restsIn(row);
}

export function restsIn(row: Container | Retained): boolean {
  return 'warm' in row && !row.warm;
}
