import { popService, release } from '../actions/processes.ts';
import { provideLinks } from '../actions/provideLinks.ts';
import type { Direction } from '../actions/replace.ts';
import { retain } from '../actions/retention.ts';
import { replaceService } from '../actions/stackProcesses.ts';
import { changeTree } from '../actions/treeProcesses.ts';
import { abortWeights, promoteCanary } from '../actions/weights.ts';
import type { Environment, Facts } from '../model/environment.ts';
import type { State } from '../model/state.ts';
import type { Outcome } from '../model/violation.ts';

/** The commands that change which version of a service answers where, as data: each is one command line. */
export type Move =
  | { readonly do: 'pop'; readonly position: number; readonly single: boolean }
  | { readonly do: 'promote' | 'abort'; readonly endpoint: string }
  | { readonly do: 'release'; readonly versions: readonly string[] }
  | { readonly do: 'replace'; readonly position: number; readonly direction: Direction }
  | {
      readonly do: 'changetree';
      readonly endpoint: string;
      /** Null moves the endpoint itself; otherwise the relations of its tree that lead to the service. */
      readonly child: string | null;
      /** Of these relations, those from one parent; null all of them. */
      readonly parent: string | null;
      /** Null follows the endpoint's pointer. */
      readonly position: number | null;
    };

/** What a move is made in: the service it is about, the house, and what is known of images. */
export type Ground = {
  readonly service: string;
  readonly environment: Environment;
  readonly facts: Facts;
};

/** Makes a move as its command would: its process, and then links for what is new. */
export function make(state: State, move: Move, { service, environment, facts }: Ground): Outcome {
  const outcome = runProcess(state, move, { service, environment, facts });
  return outcome.ok ? provideLinks(state, outcome.value, environment) : outcome;
}

function runProcess(state: State, move: Move, { service, environment, facts }: Ground): Outcome {
  switch (move.do) {
    case 'pop': {
      const { position, single } = move;
      return retain(state, popService(state, { service, position, single }), facts.now);
    }
    case 'promote':
      return retain(state, promoteCanary(state, move.endpoint), facts.now);
    case 'abort':
      return abortWeights(state, move.endpoint);
    case 'release':
      return release(state, { service, versions: move.versions }, environment, facts);
    case 'replace': {
      const { position, direction } = move;
      return replaceService(state, { service, position, direction }, environment);
    }
    case 'changetree': {
      const { endpoint, child, parent, position } = move;
      return changeTree(state, { endpoint, child, parent }, { position });
    }
  }
}

/** What follows `cmanage` on the command line that makes a move. */
export function argumentsOf(move: Move, service: string): readonly string[] {
  switch (move.do) {
    case 'pop': {
      const at = move.position === 0 ? [] : ['--stackpointer', String(move.position)];
      return ['pop', service, ...at, ...(move.single ? ['--single'] : [])];
    }
    case 'promote':
    case 'abort':
      return [move.do, move.endpoint];
    case 'release':
      return ['release', service, '-v', ...move.versions];
    case 'replace':
      return ['replace', service, '--position', String(move.position), '--direction', move.direction];
    case 'changetree': {
      const { endpoint, child, parent, position } = move;
      const of = [
        ...(child === null ? [] : ['--child', child]),
        ...(parent === null ? [] : ['--parent', parent]),
      ];
      const to = position === null ? 'pointer' : String(position);
      return ['changetree', endpoint, ...of, '--position', to];
    }
  }
}
