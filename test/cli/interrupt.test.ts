import { afterEach, describe, expect, it } from '@jest/globals';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { interruptible, type Interruption } from '../../src/cli/interrupt.ts';

/** What a test sees of an interruption: what was said, and with which codes it left. */
type Scene = Interruption & {
  readonly input: PassThrough;
  readonly said: () => string;
  readonly left: number[];
};

const scenes: Scene[] = [];
afterEach(() => {
  for (const { restore, input } of scenes.splice(0)) {
    restore();
    input.end();
  }
});

function scene(isPerson: boolean): Scene {
  const [input, output, left] = [new PassThrough(), new PassThrough(), [] as number[]];
  let said = '';
  output.on('data', (text: Buffer) => (said += text.toString()));
  const interruption = interruptible(7, { input, output, isPerson, leave: (code) => left.push(code) });
  const made = { ...interruption, input, said: () => said, left };
  scenes.push(made);
  return made;
}

/** Whether a step may begin within a moment. */
async function mayBegin({ mayGoOn }: Interruption): Promise<boolean> {
  return Promise.race([mayGoOn().then(() => true), sleep(50).then(() => false)]);
}

describe('interruptible', () => {
  it('lets every step begin as long as nobody interrupts', async () => {
    const made = scene(true);
    expect(await mayBegin(made)).toBe(true);
    expect(made.signal.aborted).toBe(false);
  });

  it('stops at once where nobody can be asked', async () => {
    const made = scene(false);
    process.emit('SIGINT', 'SIGINT');
    expect(made.signal.aborted).toBe(true);
    expect(await mayBegin(made)).toBe(true);
    await sleep(10);
    expect(made.said()).toContain('interrupted; undoing what was done');
  });

  it('does not ask whoever sends SIGTERM', () => {
    const made = scene(true);
    process.emit('SIGTERM', 'SIGTERM');
    expect(made.signal.aborted).toBe(true);
  });

  it('asks the person at the terminal, and begins nothing before the answer', async () => {
    const made = scene(true);
    process.emit('SIGINT', 'SIGINT');
    expect(await mayBegin(made)).toBe(false);
    expect(made.said()).toContain('or leave it for resume? [U/l]');
    expect(made.signal.aborted).toBe(false);
    made.input.write('\n');
    expect(await mayBegin(made)).toBe(true);
    expect(made.signal.aborted).toBe(true);
    expect(made.left).toEqual([]);
  });

  it.each([
    ['the answer l', (made: Scene) => made.input.write('l\n')],
    ['a second Ctrl-C', () => process.emit('SIGINT', 'SIGINT')],
  ])('leaves by %s, with exit code 5 and what to type', async (_what, act) => {
    const made = scene(true);
    process.emit('SIGINT', 'SIGINT');
    act(made);
    await sleep(20);
    expect(made.left).toEqual([5]);
    expect(made.said()).toContain(
      "finish it by 'cmanage resume 7', or undo it by 'cmanage rollback --operation 7'",
    );
    expect(made.signal.aborted).toBe(false);
  });

  it('undoes where the terminal goes away before the answer', async () => {
    const made = scene(true);
    process.emit('SIGINT', 'SIGINT');
    made.input.end();
    expect(await mayBegin(made)).toBe(true);
    expect(made.signal.aborted).toBe(true);
  });
});
