import { after, currentOwner } from './clock.ts';
import type { Mishap } from './faults.ts';
import type { SimulatedHaproxy } from './haproxy.ts';

/**
 * Takes the place of execa: the scripts that src/haproxy sends to a load balancer's machine, understood by what they
 * are made to do. One that is not known is an error of the simulation.
 */

export type Machine = {
  readonly haproxy: SimulatedHaproxy;
  readonly random: () => number;
  readonly mishap: () => Mishap | null;
  /** Whether its disk is full. */
  readonly isFull: () => boolean;
  readonly onEvent: () => void;
  /** What becomes of an answer on its way. */
  readonly spoil?: (text: string) => string;
};

type Result = {
  readonly failed: boolean;
  readonly stdout: string;
  readonly stderr: string;
  readonly shortMessage: string;
};

const machines = new Map<string, Machine>();

/** The machines that scripts are run on, by the word that stands before them. */
export function connectMachines(given: ReadonlyMap<string, Machine>): void {
  machines.clear();
  for (const [name, machine] of given) machines.set(name, machine);
}

/** A script that runs: who closes its output hears no more of it. It leaves nothing behind that would keep the output open. */
type Running = Promise<Result> & {
  readonly pid: undefined;
  readonly once: () => void;
  readonly stdout: { readonly destroy: () => void };
  readonly stderr: { readonly destroy: () => void };
};

export function execa(program: string, _arguments: readonly string[], { input }: { input: string }): Running {
  let close = (): void => undefined;
  const closed = new Promise<Result>((resolve) => {
    close = () => {
      resolve(wrong(''));
    };
  });
  const running = Promise.race([run(program, input), closed]);
  const output = { destroy: close };
  return Object.assign(running, { pid: undefined, once: () => undefined, stdout: output, stderr: output });
}

function run(program: string, input: string): Promise<Result> {
  const machine = machines.get(program);
  if (!machine) throw new Error(`no simulated machine is called ${program}`);
  const owner = currentOwner();
  const { random } = machine;
  const mishap = machine.mishap();
  return new Promise((resolve) => {
    const reply = (result: Result, delay = random() * 10): void => {
      after(
        delay,
        () => {
          machine.onEvent();
          resolve(result);
        },
        owner,
      );
    };
    const act = (): void => {
      machine.onEvent();
      const result = spoiled(machine, interpret(machine, input));
      if (mishap === 'lost after' || mishap === 'refused after')
        reply(wrong('Connection to lb closed by remote host.'));
      else if (mishap === 'silence') reply(wrong('Connection timed out'), 8000);
      else reply(result);
    };
    if (mishap === 'lost before' || mishap === 'refused') reply(wrong('Connection closed by remote host.'));
    else after(random() * 20, act);
  });
}

function spoiled({ spoil }: Machine, result: Result): Result {
  return spoil ? { ...result, stdout: spoil(result.stdout), stderr: spoil(result.stderr) } : result;
}

function right(stdout: string): Result {
  return { failed: false, stdout: stdout.replace(/\n$/, ''), stderr: '', shortMessage: '' };
}

function wrong(stderr: string): Result {
  return { failed: true, stdout: '', stderr, shortMessage: 'Command failed' };
}

function interpret({ haproxy, isFull }: Machine, script: string): Result {
  const said = /^echo '([^']*)' \| socat -t 5 - UNIX-CONNECT:/.exec(script)?.[1];
  if (said !== undefined) {
    const answer = haproxy.answer(said);
    return answer === null ? wrong('socat[1] E connect(): Connection refused') : right(answer);
  }
  if (/^\[ ! -e \S+ \] \|\| \{ cat \S+ && echo end; \}$/.test(script)) {
    return right(haproxy.config === null ? '' : `${haproxy.config}end\n`);
  }
  if (/^\[ ! -e \S+ \] \|\| cat \S+; echo end$/.test(script)) return right(`${haproxy.map ?? ''}end\n`);
  if (script.startsWith('cat /proc/net/tcp')) return right('====\n====\n====\n1\n');
  if (!script.startsWith('set -e\n')) throw new Error(`the simulated machine knows no '${script}'`);
  if (isFull()) return wrong('base64: write error: No space left on device');
  const [config, map] = contentsIn(script);
  haproxy.map ??= '';
  if (config === undefined || !script.includes('-c -f'))
    throw new Error('a script that writes and does not validate');
  if (script.includes('.check.')) return right('');
  if (map !== undefined) haproxy.map = map;
  haproxy.config = config;
  return right('');
}

const decoded = new Map<string, string>();

/** What a script carries. */
function contentsIn(script: string): string[] {
  return [...script.matchAll(/<<'END_OF_CONTENT'\n([^]*?)\nEND_OF_CONTENT\n/g)].map(([, text = '']) => {
    const known = decoded.get(text) ?? Buffer.from(text, 'base64').toString('utf8');
    if (decoded.size > 2000) decoded.clear();
    decoded.set(text, known);
    return known;
  });
}
