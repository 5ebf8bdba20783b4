import type { Environment } from '../model/environment.ts';
import { parametersFor, type Level, type RuleParameters } from '../model/rules.ts';
import type { State } from '../model/state.ts';

/** A proposed state in its environment: all that a constraint may look at. */
export type World = { readonly state: State; readonly environment: Environment };

/** One breach of a constraint, before the rules give it a level. */
export type Finding = {
  /** Whose overrides in rules.yml apply; null where no one service is concerned. */
  readonly service: string | null;
  readonly object: string;
  readonly fact: string;
  readonly remedy: string;
  /** What to do where the change itself has made it so, if that is something else. */
  readonly remedyIfWorse?: string;
  /** Which of several things may be wrong with the object, where a rule judges more than one. */
  readonly aspect?: string;
  /** Whose shortage it adds to, where that is not the object's own: one more low stack makes a service no worse. */
  readonly counts?: string;
  /** How much is missing or too much, where that can be counted (else 1). No action may raise it. */
  readonly deficit?: number;
  /** Set where rules.yml softens this one finding, whatever the level of its rule. */
  readonly atMost?: 'warn';
};

/**
 * A rule of the house. A `correct` constraint holds in every intermediate state; a `complete` one may be unmet
 * while a service is built up, but no action may make it worse.
 */
export type Constraint = {
  readonly code: string;
  readonly kind: 'correct' | 'complete';
  /**
   * What it speaks of. `standing`: everything that stands on the hosts, so that it must hold also while new containers
   * stand beside those they replace. `serving`: the order that is recorded and that traffic follows.
   */
  readonly concerns: 'standing' | 'serving';
  /** Its level where rules.yml sets none. */
  readonly level: Level;
  /** What it demands, in one sentence, with its number in the thesis (Table 4.1) where it has one. */
  readonly summary: string;
  /** The parameters rules.yml may set, with their defaults. */
  readonly parameters: RuleParameters;
  /** The words a parameter may be chosen from, where it is not free. */
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly judge: (world: World) => readonly Finding[];
};

type Definition<P extends RuleParameters> = Pick<Constraint, 'code' | 'kind' | 'summary'> & {
  readonly concerns?: Constraint['concerns'];
  readonly level?: Level;
  readonly parameters?: P;
  readonly choices?: { readonly [K in keyof P]?: readonly string[] };
  readonly judge: (world: World, parametersOf: (service: string | null) => P) => readonly Finding[];
};

/** Defines a constraint whose judgement is given its own parameters, as rules.yml sets them for each service. */
export function constraint<P extends RuleParameters>(definition: Definition<P>): Constraint {
  const { code, kind, summary, judge } = definition;
  const parameters = definition.parameters ?? ({} as P);
  const choices = Object.fromEntries(
    Object.entries(definition.choices ?? {}).filter((entry): entry is [string, readonly string[]] =>
      Array.isArray(entry[1]),
    ),
  );
  return {
    code,
    kind,
    concerns: definition.concerns ?? 'serving',
    level: definition.level ?? 'error',
    summary,
    parameters,
    choices,
    judge: (world) =>
      judge(world, (service) => parametersFor(world.environment.rules, code, service, parameters)),
  };
}

/**
 * Gives each finding of one stack as its deficit which one of its kind it is there, so that a second breach like one
 * that was there before is not taken for that one.
 */
export function countedAlike(findings: readonly Finding[]): Finding[] {
  const counts = new Map<string, number>();
  return findings.map((finding) => {
    const key = finding.aspect ?? '';
    counts.set(key, (counts.get(key) ?? 0) + 1);
    return { ...finding, deficit: counts.get(key) ?? 1 };
  });
}
