import { buildSabotaged, type Cut } from '../traffic/sabotage.ts';

/**
 * A build of cmanage in which something happens at one point: at a step of a plan, on its way forward or back, in one phase.
 * It kills itself there, or runs a shell command (which freezes an engine, say) before it goes on. The product has no such
 * switch: a copy of its source is changed, as it is to prove that losses would be seen.
 */

/** Where in a step: its record is about to be written, is on the disk, its request is on its way, is answered, is recorded. */
export const phases = [
  'before-intent',
  'after-intent',
  'request-sent',
  'after-effect',
  'after-outcome',
] as const;

export type Phase = (typeof phases)[number];

export type Point = {
  readonly seq: number;
  /** `sent` on the way forward, `compensating` on the way back. */
  readonly way: 'sent' | 'compensating';
  readonly phase: Phase;
};

/** The variables that say where something happens, and what; without the latter the process is killed. */
export const variables = { at: 'CMANAGE_TEST_AT', does: 'CMANAGE_TEST_DOES' };

/** The environment in which the build dies at a point. */
export function dyingAt({ seq, way, phase }: Point): Record<string, string> {
  return { [variables.at]: `${seq} ${way} ${phase}` };
}

/** The environment in which the build runs a shell command at a point, and then goes on; $PPID is the build itself. */
export function doingAt(point: Point, command: string): Record<string, string> {
  return { ...dyingAt(point), [variables.does]: command };
}

/** The environment in which the build runs a shell command when it has the lock and has read the state, before it begins. */
export function doingBeforeItBegins(command: string): Record<string, string> {
  return { [variables.at]: 'begin', [variables.does]: command };
}

const walk = 'src/executor/walk.ts';
const intend = '    await journal.intend(step.seq, intent);\n';
const effect =
  '      const text = await perform(adapted, journal.operation, tools, cuttable ? cut : uninterrupted());\n';
const outcome = "      journal.settle(step.seq, undoing ? 'compensated' : 'done', text);\n";
const head = '/** Walks steps in the order their needs allow;';
const journal = 'src/store/journal.ts';
const begin = '  const startedAt = new Date().toISOString();\n';

const happen = `function isHere(step: Step, way: string, phase: string): boolean {
  return process.env.${variables.at} === step.seq + ' ' + way + ' ' + phase;
}
function happen(): void {
  const { ${variables.does}: does } = process.env;
  if (does === undefined) {
    process.kill(process.pid, 'SIGKILL');
    for (;;);
  }
  process.getBuiltinModule('node:child_process').execFileSync('sh', ['-c', does], { stdio: 'ignore' });
}
`;

const cuts: readonly Cut[] = [
  { file: walk, from: head, to: `${happen}\n${head}` },
  {
    file: walk,
    from: intend,
    to: `if (isHere(step, intent, 'before-intent')) happen();\n${intend}if (isHere(step, intent, 'after-intent')) happen();\n`,
  },
  {
    file: walk,
    from: effect,
    // Long enough for the request to leave, and for most answers too short.
    to: `let isSoon = isHere(step, intent, 'request-sent');
      const once = (): void => { if (isSoon) { isSoon = false; happen(); } };
      if (isSoon) setTimeout(once, 4);
${effect}      once();
      if (isHere(step, intent, 'after-effect')) happen();\n`,
  },
  {
    file: walk,
    from: outcome,
    // An intent of no step takes the outcome to the disk with it.
    to: `${outcome}if (isHere(step, intent, 'after-outcome')) { await journal.intend(-1, intent); happen(); }\n`,
  },
  {
    file: journal,
    from: begin,
    to: `${begin}if (process.env.${variables.at} === 'begin') process.getBuiltinModule('node:child_process').execFileSync('sh', ['-c', process.env.${variables.does} ?? ''], { stdio: 'ignore' });\n`,
  },
];

/** Builds it in a directory of its own, with more taken out where a guard is to be missing. Gives the command's path. */
export function buildFaulty(dir: string, more: readonly Cut[] = []): Promise<string> {
  return buildSabotaged(dir, { cuts: [...cuts, ...more] });
}
