import type { Plan, Step } from '../plan/step.ts';
import { paint } from '../report/style.ts';

/** What is under way, at the bottom of a terminal: a line for each host, rewritten as it goes on. */
export type LiveProgress = {
  readonly begin: (step: Step) => void;
  readonly end: (step: Step, undoing: boolean) => void;
  /** Writes a line above it. */
  readonly write: (line: string) => void;
  readonly close: () => void;
};

type Here = { readonly steps: number; ended: number; readonly underWay: Map<Step, number> };

/** Milliseconds between two drawings. */
const tick = 200;

export function liveProgress(stream: NodeJS.WriteStream, { steps }: Plan): LiveProgress {
  const colour = paint(stream, process.env);
  // A terminal that was never told its size says 0.
  const size = (told: number, usual: number): number => (told > 0 ? told : usual);
  const started = performance.now();
  const hosts = new Map<string, Here>();
  for (const { host } of steps) {
    hosts.set(host, { steps: (hosts.get(host)?.steps ?? 0) + 1, ended: 0, underWay: new Map() });
  }
  const here = (host: string): Here => {
    const known = hosts.get(host) ?? { steps: 0, ended: 0, underWay: new Map<Step, number>() };
    hosts.set(host, known);
    return known;
  };
  let [drawn, isOver] = [0, false];

  const clear = (): void => {
    if (drawn > 0) stream.write(`\u001b[${drawn}A\r\u001b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (isOver) return;
    const lines = linesOf(hosts, performance.now(), started);
    // A block that is higher than the terminal could not be taken back.
    const room = Math.max(1, size(stream.rows, 24) - 2);
    const shown =
      lines.length > room ? [...lines.slice(0, room - 1), `and ${lines.length - room + 1} more`] : lines;
    for (const line of shown) stream.write(`${colour.dim(line.slice(0, size(stream.columns, 80) - 1))}\n`);
    drawn = shown.length;
  };
  const redraw = (): void => {
    clear();
    draw();
  };
  const timer = setInterval(redraw, tick);
  timer.unref();
  const close = (): void => {
    clearInterval(timer);
    process.off('SIGINT', close);
    clear();
    isOver = true;
  };
  // From then on the operator may be asked, and nothing is drawn over the question.
  process.on('SIGINT', close);
  return {
    begin: (step) => {
      here(step.host).underWay.set(step, performance.now());
      redraw();
    },
    end: (step, undoing) => {
      const there = here(step.host);
      there.underWay.delete(step);
      if (!undoing) there.ended++;
    },
    write: (line) => {
      clear();
      stream.write(`${line}\n`);
      draw();
    },
    close,
  };
}

/** A line for each host that has something under way: how far it is, and the step that takes longest with its seconds. */
function linesOf(hosts: ReadonlyMap<string, Here>, now: number, started: number): string[] {
  const rows = [...hosts].flatMap(([host, { steps, ended, underWay }]) => {
    const [first, ...others] = [...underWay].sort(([, one], [, two]) => one - two);
    if (!first) return [];
    const [step, since] = first;
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return [[host, `${ended}/${steps}`, seconds(now - since), `${step.kind} ${step.object}${more}`] as const];
  });
  if (rows.length === 0) return [];
  const all = [...hosts.values()];
  const [steps, ended] = [sum(all.map((one) => one.steps)), sum(all.map((one) => one.ended))];
  const width = (column: 0 | 1 | 2): number => Math.max(...rows.map((row) => row[column].length));
  const text = rows.map(
    ([host, count, time, what]) =>
      `  ${host.padEnd(width(0))}  ${count.padStart(width(1))}  ${time.padStart(width(2))}  ${what}`,
  );
  return [`${ended} of ${steps} steps, ${seconds(now - started)}`, ...text];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, next) => total + next, 0);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
