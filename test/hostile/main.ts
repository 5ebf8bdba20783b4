import { parseArgs } from 'node:util';
import { chance } from '../prove/orders.ts';
import { installClock, nextTime, realTime, resetClock, settled, step } from '../simulation/clock.ts';
import { tryArgument } from './arguments.ts';
import { tryBalancer } from './balancer.ts';
import { closeFiles, openFiles, tryConfiguration, tryPlan } from './files.ts';
import type { Random } from './mutate.ts';
import { tryEngine, tryRegistry } from './services.ts';
import { Found, wrongRefusal } from './verdict.ts';

/**
 * `npm run test:hostile`: feeds `--inputs` hostile inputs to everything that reads what comes from outside. Each is decided by its number;
 * `--input N` tries one again. Ends with 1 where one crashes cmanage, takes more than a second, or gets where it must not.
 */
const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '20000' },
    from: { type: 'string', default: '0' },
    input: { type: 'string' },
    most: { type: 'string', default: '5' },
  },
});

process.env.DOCKER_CONFIG = '/nowhere';
installClock();
const files = openFiles();

/** Which share of the inputs each kind has, in hundredths. */
const kinds: readonly (readonly [
  name: string,
  share: number,
  attempt: (random: Random) => void | Promise<void>,
])[] = [
  ['arguments and names', 35, tryArgument],
  ['answers of an engine', 25, tryEngine],
  ['answers of HAProxy', 20, tryBalancer],
  ['answers of a registry', 10, tryRegistry],
  [
    'configuration files',
    5,
    (random) => {
      tryConfiguration(random, files);
    },
  ],
  ['saved plans', 5, (random) => tryPlan(random, files)],
];

function kindOf(hundredth: number): (typeof kinds)[number] {
  let sum = 0;
  for (const kind of kinds) if (hundredth < (sum += kind[1])) return kind;
  throw new Error('the shares are not a hundred');
}

type Tried = {
  readonly kind: string;
  readonly milliseconds: number;
  readonly isRefused: boolean;
  readonly wrong: string | null;
};

async function attempt(number: number): Promise<Tried> {
  const random = chance(number * 2654435761 + 7);
  const [kind, , run] = kindOf(Math.floor(random() * 100));
  resetClock();
  const began = realTime();
  const end: { told: { readonly error: unknown } | null } = { told: null };
  const work = async (): Promise<void> => {
    await run(random);
  };
  work().then(
    () => (end.told = { error: null }),
    (error: unknown) => (end.told = { error }),
  );
  await settled();
  while (end.told === null && realTime() - began < 20_000) {
    if (nextTime() !== null) step();
    await settled();
  }
  const milliseconds = realTime() - began;
  const { error } = end.told ?? { error: new Found('it does not end') };
  const wrong = error === null ? null : error instanceof Found ? error.message : wrongRefusal(error);
  return { kind, milliseconds, isRefused: error !== null, wrong };
}

async function many(from: number, count: number, most: number): Promise<number> {
  const began = realTime();
  const tally = new Map(kinds.map(([name]) => [name, { inputs: 0, refused: 0, slowest: 0 }]));
  let [wrong, tried] = [0, 0];
  for (let number = from; number < from + count && wrong < most; number++) {
    const { kind, milliseconds, isRefused, wrong: what } = await attempt(number);
    tried++;
    const sum = tally.get(kind);
    if (sum) {
      sum.inputs++;
      if (isRefused) sum.refused++;
      sum.slowest = Math.max(sum.slowest, milliseconds);
    }
    // A machine that is busy may keep anybody waiting; what is slow is slow each time.
    const isSlow = milliseconds > 1000 && (await attempt(number)).milliseconds > 1000;
    if (what === null && !isSlow) continue;
    wrong++;
    console.log(`input ${number} (${kind}): ${what ?? `it takes ${milliseconds.toFixed(0)} ms`}`);
  }
  const seconds = (realTime() - began) / 1000;
  for (const [name, { inputs, refused, slowest }] of tally) {
    console.log(`${name}: ${inputs} inputs, ${refused} refused, the slowest took ${slowest.toFixed(0)} ms`);
  }
  console.log(
    `${tried} inputs in ${seconds.toFixed(0)} s (${Math.round(tried / seconds)} a second), ${wrong} wrong`,
  );
  return wrong;
}

try {
  if (values.input !== undefined) {
    const tried = await attempt(Number(values.input));
    console.log(tried);
    if (tried.wrong !== null) process.exitCode = 1;
  } else if ((await many(Number(values.from), Number(values.inputs), Number(values.most))) > 0)
    process.exitCode = 1;
} finally {
  closeFiles(files);
}
