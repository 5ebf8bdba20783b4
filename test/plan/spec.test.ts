import { describe, expect, it } from '@jest/globals';
import { specHash, specOf, type ContainerSpec } from '../../src/plan/spec.ts';
import { makeState } from '../support/makeState.ts';

const state = makeState({ webapp: { settings: { env: { A: '1', B: '2' }, command: ['serve', '--fast'] } } });

function specAt(position: number): ContainerSpec {
  const container = state.containers[position];
  if (!container) throw new Error('the sketch has no such position');
  return specOf(state, container);
}

const spec = specAt(1);

describe('specOf', () => {
  it('holds all that a container is created from', () => {
    expect(spec).toEqual({
      name: 'webapp-stack1-app2',
      service: 'webapp',
      stack: 'webapp-stack1',
      position: 1,
      version: 'v0.2',
      digest: state.containers[1]?.digest,
      image: `registry.example/webapp@${state.containers[1]?.digest ?? ''}`,
      hostPort: 20001,
      links: {},
      settings: state.services[0]?.settings,
    });
  });
});

describe('specOf: the image', () => {
  it('is the digest alone where nothing is pulled', () => {
    const local = makeState({ webapp: { pull: 'never', versions: ['v1'] } });
    const images = local.containers.map((row) => specOf(local, row).image);
    expect(images).toEqual(local.containers.map((row) => row.digest));
  });
});

describe('specHash', () => {
  it('is the same wherever a pop has moved the container', () => {
    expect(specHash({ ...spec, position: 0 })).toBe(specHash(spec));
  });

  it('is the same whatever the order of the keys, at every depth', () => {
    const reversed = Object.fromEntries(Object.entries(spec).reverse()) as ContainerSpec;
    const settings = { ...spec.settings, env: { B: '2', A: '1' } };
    expect(specHash({ ...reversed, settings })).toBe(specHash(spec));
  });

  it.each([
    ['name', { name: 'webapp-stack1-app9' }],
    ['version', { version: 'v9' }],
    ['digest', { digest: 'sha256:0' }],
    ['image', { image: 'other' }],
    ['port', { hostPort: 1 }],
    ['a link', { links: { mail: { host: '192.0.2.10', port: 10000, mode: 'http' as const } } }],
    ['a variable', { settings: { ...spec.settings, env: { A: '1', B: '3' } } }],
    ['the order of the command', { settings: { ...spec.settings, command: ['--fast', 'serve'] } }],
    ['a limit', { settings: { ...spec.settings, memory: 1 } }],
  ])('is another one for another %s', (_field, change) => {
    expect(specHash({ ...spec, ...change })).not.toBe(specHash(spec));
  });

  it('never changes from one release of cmanage to the next, because running containers carry it', () => {
    expect(specHash(spec)).toBe('fe593c11a8c9a8d0');
  });

  it('is short enough for a label, and shows no value', () => {
    expect(specHash(spec)).toMatch(/^[0-9a-f]{16}$/);
  });
});
