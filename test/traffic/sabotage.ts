import { execa } from 'execa';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../lab/project.ts';
import type { Options, Result } from './run.ts';

/**
 * Proof that losses would be seen: builds of cmanage in which one of the things that keep traffic from being dropped, or
 * from going elsewhere, was taken out. The product has no switch for that: a copy of its source is changed, and built as it is always built.
 */

/** A passage of the source, which must be there exactly once, and what it is replaced by. */
export type Cut = { readonly file: string; readonly from: string | RegExp; readonly to: string };

export type Sabotage = {
  readonly what: string;
  readonly cuts: readonly Cut[];
  /** The operations and the load by which its losses come soonest. */
  readonly run: Required<Pick<Options, 'only' | 'load'>>;
  /** What it costs; more than 0 is expected. */
  readonly cost: (result: Result) => number;
};

const failed: Sabotage['cost'] = ({ report }) => report.failed;

/** Servers stay in use until their containers are stopped, and nothing under way is waited for. */
const notDraining: readonly Cut[] = [
  {
    file: 'src/haproxy/runtime.ts',
    from: `  const state = sticky ? 'maint' : 'drain';\n`,
    to: `  const state = sticky ? 'maint' : 'ready';\n`,
  },
  {
    file: 'src/haproxy/drain.ts',
    from: `  const started = performance.now();\n`,
    to: `  if (limit >= 0) return 'not waited for';\n  const started = performance.now();\n`,
  },
];

const killing: Cut = {
  file: 'src/docker/containers.ts',
  from: `container.stop({ t: grace, abortSignal: signal })`,
  to: `container.kill({ signal: 'SIGKILL', abortSignal: signal })`,
};

/** As fast as it goes: a connection closes under a request in moments of less than a millisecond. */
const reloading: Sabotage['run'] = { only: ['door', 'replace'], load: { rate: null } };
/** Answers that take longer than the sample service waits for its last ones when it is stopped (5 s). */
const removing: Sabotage['run'] = {
  only: ['replace'],
  load: {
    ...{ rate: 300, slow: [6000, 9000], patience: 20_000 },
    mix: { page: 88, api: 5, upload: 5, slowUpload: 0.4, slow: 0.5, slowApi: 0.1 },
  },
};
/** Answers that take seconds are on their way whenever a container is killed. */
const cutting: Sabotage['run'] = { only: ['replace'], load: { rate: 500, slow: [1000, 4000] } };

/** Whole chains in every other answer: only these show where a link led, and it is wrong for a moment only. */
const asking: Sabotage['run'] = {
  only: ['changetree', 'branch'],
  load: { mix: { page: 50, api: 45, upload: 3, slowUpload: 0.4, slow: 1, slowApi: 0.6 } },
};

/** Each with what it should make the load lose. */
export const sabotages: Readonly<Record<string, Sabotage>> = {
  'idle-close': {
    what: 'HAProxy closes idle connections when it is told to stop, without option idle-close-on-response',
    cuts: [{ file: 'src/haproxy/render.ts', from: `    '    option idle-close-on-response',\n`, to: '' }],
    ...{ run: reloading, cost: failed },
  },
  drain: {
    what: 'the old containers are stopped while requests are on their way to them',
    cuts: notDraining,
    ...{ run: removing, cost: failed },
  },
  kill: {
    what: 'the old containers are killed at once',
    cuts: [...notDraining, killing],
    ...{ run: cutting, cost: failed },
  },
  links: {
    what: 'the running HAProxy is not told where links lead, until its file is put in place',
    cuts: [
      {
        file: 'src/executor/perform.ts',
        from: `return setLink(tools.balancerOf(step.host), step.map, step.port, step.backend);`,
        to: `return 'not told';`,
      },
    ],
    run: asking,
    cost: ({ report }) => report.wrongStage,
  },
  weights: {
    what: 'positions share an endpoint evenly, whatever their weights',
    cuts: [
      {
        file: 'src/haproxy/routes.ts',
        from: `weight === undefined ? server : { ...server, weight },`,
        to: `weight === undefined ? server : { ...server },`,
      },
    ],
    run: { only: ['weight', 'abort', 'branch'], load: {} },
    cost: ({ spread }) => spread.wrong,
  },
};

/** Builds cmanage with passages cut out, in a directory of its own. Gives the command's path. */
export async function buildSabotaged(dir: string, { cuts }: Pick<Sabotage, 'cuts'>): Promise<string> {
  const root = projectRoot();
  mkdirSync(dir, { recursive: true });
  for (const part of ['src', 'scripts', 'bin', 'etc', 'package.json']) {
    cpSync(join(root, part), join(dir, part), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  for (const cut of cuts) apply(dir, cut);
  await execa(process.execPath, ['scripts/build.mjs'], { cwd: dir });
  return join(dir, 'bin/cmanage');
}

function apply(dir: string, { file, from, to }: Cut): void {
  const text = readFileSync(join(dir, file), 'utf8');
  const times = text.split(from).length - 1;
  if (times !== 1)
    throw new Error(`${file} has ${times} times what is to be cut out, and not once: ${String(from).trim()}`);
  writeFileSync(
    join(dir, file),
    text.replace(from, () => to),
  );
}
