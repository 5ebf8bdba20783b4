import { describe, expect, it } from '@jest/globals';
import { readInspection, readList, readText } from '../../src/docker/answers.ts';

const inspection = {
  ...{ Id: 'abc', Name: '/web', Config: { Labels: null }, State: { Status: 'running' } },
  ...{ HostConfig: {}, NetworkSettings: { Ports: null } },
};

describe('readInspection', () => {
  it('takes what an engine says, and null for none', () => {
    const found = readInspection(inspection);
    expect(found.Config.Labels).toEqual({});
    expect(found.NetworkSettings.Ports).toEqual({});
  });

  it.each([
    null,
    'container',
    [],
    { ...inspection, Id: 7 },
    { ...inspection, Config: null },
    { ...inspection, Config: { Labels: { a: 1 } } },
    { ...inspection, State: { Status: null } },
    { ...inspection, HostConfig: { PortBindings: { '80/tcp': [null] } } },
    { ...inspection, NetworkSettings: { Ports: [] } },
  ])('says that %j is no container', (answer) => {
    expect(() => readInspection(answer)).toThrow('its answer is no container');
  });
});

describe('readList', () => {
  const one = { Id: 'abc', Names: ['/web'], Labels: { a: 'b' }, State: 'running' };

  it('takes a list of containers', () => {
    expect(readList([one, { ...one, Labels: null }]).map(({ Labels }) => Labels)).toEqual([{ a: 'b' }, {}]);
  });

  it.each([null, {}, [null], [{ ...one, Names: null }], [{ ...one, State: 1 }], [{ ...one, Labels: 'a' }]])(
    'says that %j is no list',
    (answer) => {
      expect(() => readList(answer)).toThrow('its answer is no list of containers');
    },
  );
});

it('readText takes a text, and says what is missing', () => {
  expect(readText({ ID: 'engine' }, 'ID')).toBe('engine');
  for (const answer of [null, {}, { ID: '' }, { ID: 7 }])
    expect(() => readText(answer, 'ID')).toThrow('its answer has no ID');
});
