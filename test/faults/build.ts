import { buildSabotaged, type Cut } from '../traffic/sabotage.ts';

/**
 * A build of cmanage that kills itself at one point: at a step of a plan, on its way forward or back, in one phase. The
 * product has no such switch: a copy of its source is changed, as it is to prove that losses would be seen.
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

/** The variable that says where the build dies. */
export const variable = 'CMANAGE_TEST_DIES_AT';

export function dyingAt({ seq, way, phase }: Point): Record<string, string> {
  return { [variable]: `${seq} ${way} ${phase}` };
}

const file = 'src/executor/walk.ts';
const intend = '    await journal.intend(step.seq, intent);\n';
const effect =
  '      const text = await perform(adapted, journal.operation, tools, cuttable ? cut : uninterrupted());\n';
const outcome = "      journal.settle(step.seq, undoing ? 'compensated' : 'done', text);\n";
const head = '/** Walks steps in the order their needs allow;';

const die = `function die(step: Step, way: string, phase: string): boolean {
  return process.env.${variable} === step.seq + ' ' + way + ' ' + phase;
}
function kill(): void {
  process.kill(process.pid, 'SIGKILL');
  for (;;);
}
`;

const cuts: readonly Cut[] = [
  { file, from: head, to: `${die}\n${head}` },
  {
    file,
    from: intend,
    to: `if (die(step, intent, 'before-intent')) kill();\n${intend}if (die(step, intent, 'after-intent')) kill();\n`,
  },
  {
    file,
    from: effect,
    // Long enough for the request to leave, and for most answers too short.
    to: `if (die(step, intent, 'request-sent')) setTimeout(kill, 4);\n${effect}if (die(step, intent, 'after-effect') || die(step, intent, 'request-sent')) kill();\n`,
  },
  {
    file,
    from: outcome,
    // An intent of no step takes the outcome to the disk with it.
    to: `${outcome}if (die(step, intent, 'after-outcome')) { await journal.intend(-1, intent); kill(); }\n`,
  },
];

/** Builds it in a directory of its own. Gives the command's path. */
export function buildDying(dir: string): Promise<string> {
  return buildSabotaged(dir, { cuts });
}
