import type { Step } from '../../src/plan/step.ts';
import { makeSpec } from './specs.ts';

/** A plan's step for tests of what walks plans: only its number, its needs, its kind and its host matter there. */
export function makeStep(
  seq: number,
  needs: readonly number[] = [],
  {
    kind = 'start_container',
    host = 'docker01',
  }: { kind?: 'start_container' | 'wait_healthy'; host?: string } = {},
): Step {
  return { seq, needs, kind, host, object: `object ${seq}`, because: 'a test', spec: makeSpec() };
}
