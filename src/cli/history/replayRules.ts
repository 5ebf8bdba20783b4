import { readRulesFrom } from '../../config/config.ts';
import { check } from '../../constraints/check.ts';
import type { Environment, Host } from '../../model/environment.ts';
import { pastOf } from '../../model/past.ts';
import type { State } from '../../model/state.ts';
import { replayText, type Refused, type Replay } from '../../report/replay.ts';
import { renderAs } from '../../report/table.ts';
import { changesBackFrom, JournalGap } from '../../store/history.ts';
import { exitCode } from '../exit.ts';
import { takeBack } from '../findTarget.ts';
import type { CommonOptions } from '../options.ts';
import { openSession, type Session } from '../session.ts';

export type ReplayOptions = CommonOptions & {
  /** The file with the rules to try. */
  readonly rules: string;
  /** How many of the last recorded changes are judged; without it, all. */
  readonly last?: number;
};

/**
 * Judges the changes that were recorded by other rules than those in force, each as it was judged before it was made: the state
 * it led to against the state it came from. The hosts are those of today's hosts.yml.
 */
export async function replayRules(options: ReplayOptions): Promise<number> {
  const rules = readRulesFrom(options.rules);
  const session = await openSession(options, { write: false });
  try {
    const environment = { ...session.config.environment, rules };
    const replay = await judgeBack(session, environment, options.last ?? Infinity);
    const answer: Replay = { rules: options.rules, ...replay };
    console.log(renderAs(options.output, answer, () => replayText(answer)));
    return replay.refused.length === 0 ? exitCode.done : exitCode.drift;
  } finally {
    await session.close();
  }
}

/** Goes back through the journal, the newest change first, and gives what would have been refused, the oldest first. */
async function judgeBack(
  { state, database }: Session,
  environment: Environment,
  last: number,
): Promise<Omit<Replay, 'rules'>> {
  const past = pastOf(state);
  const refused: Refused[] = [];
  let changes = 0;
  let next = state;
  let gap: string | null = null;
  try {
    for await (const recorded of changesBackFrom(database.source, state.revision)) {
      takeBack(past, recorded);
      const before = past.state();
      const found = check(before, next, withHostsOf(environment, before, next));
      const violations = found.filter(({ level }) => level === 'error');
      const { id, command, actor, startedAt, revision } = recorded;
      if (violations.length > 0) refused.unshift({ id, revision, command, actor, startedAt, violations });
      changes += 1;
      next = before;
      if (changes >= last) break;
    }
  } catch (error) {
    // An imported or recovered state has no past: what was recorded since is judged, and that there is no more is told.
    if (!(error instanceof JournalGap)) throw error;
    gap = error.message;
  }
  return { changes, since: next.revision, gap, refused };
}

/** A host that has left hosts.yml was there then. Nothing more is known of it, so that it has room for everything. */
function withHostsOf(environment: Environment, ...states: readonly State[]): Environment {
  const known = new Set(environment.hosts.map(({ name }) => name));
  const gone = new Set(
    states.flatMap(({ stacks }) => stacks.map(({ host }) => host)).filter((host) => !known.has(host)),
  );
  return gone.size === 0
    ? environment
    : { ...environment, hosts: [...environment.hosts, ...[...gone].map(formerHost)] };
}

function formerHost(name: string): Host {
  const ports = { from: 1, to: 65_535 };
  return { name, address: '0.0.0.0', ports, maxContainers: null, labels: {}, placement: true };
}
