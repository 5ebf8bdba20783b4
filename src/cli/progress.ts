import type { Progress } from '../executor/walk.ts';
import type { Plan } from '../plan/step.ts';
import { printable } from '../report/printable.ts';
import { paint } from '../report/style.ts';

/** A line for every step that ended; on a terminal also one line, rewritten, of what is under way. */
export function progressOn(
  stream: NodeJS.WriteStream,
  plan: Plan,
  quiet: boolean,
): { tell: Progress; end: () => void } {
  if (quiet) return { tell: () => undefined, end: () => undefined };
  const colour = paint(stream, process.env);
  const terminal = stream.isTTY && process.env.TERM !== 'dumb';
  const underWay = new Map<number, string>();
  const width = String(plan.steps.length).length;
  let ended = 0;
  const clear = (): void => {
    if (terminal) stream.write('\r\u001b[K');
  };
  const status = (): void => {
    if (!terminal || underWay.size === 0) return;
    const text = `${ended}/${plan.steps.length} ${[...underWay.values()].join(', ')}`;
    stream.write(text.slice(0, stream.columns - 1));
  };
  const tell: Progress = ({ step, phase, undoing, text, milliseconds }) => {
    clear();
    if (phase === 'begun') {
      underWay.set(step.seq, `${step.kind} ${step.object}`);
    } else {
      underWay.delete(step.seq);
      if (!undoing) ended++;
      const mark = phase === 'done' ? colour.green(undoing ? 'undone' : 'done') : colour.red('failed');
      const where = `${String(step.seq).padStart(width)} ${step.kind} ${step.host} ${step.object}`;
      stream.write(`${mark} ${where}: ${printable(text)} (${(milliseconds / 1000).toFixed(2)} s)\n`);
    }
    status();
  };
  return { tell, end: clear };
}
