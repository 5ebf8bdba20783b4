import { describe, expect, it } from '@jest/globals';
import type { Asked, Kind } from '../../src/report/kind.ts';
import { nothingAsked } from '../../src/report/kind.ts';
import { listingOf } from '../../src/report/listing.ts';
import { sheetIn } from '../support/view.ts';

type Row = { name: string; version: string | null; port: number; stage: string };

const row = (name: string, version: string | null, port: number, stage: string): Row => {
  return { name, version, port, stage };
};

const things: Kind<Row> = {
  name: 'thing',
  rows: [
    row('web2', 'v0.10', 80, 'prod'),
    row('web10', 'v0.9', 443, 'qa'),
    row('mail', null, 25, 'qa'),
    row('a\u001b[2Jb', 'v1', 9, 'dev'),
  ],
  nameOf: ({ name }) => name,
  entry: (thing) => ({ nested: thing }),
  stagesOf: ({ stage }) => [stage],
  columns: [
    { name: 'name', heading: 'Thing', value: ({ name }) => name },
    { name: 'version', heading: 'Version', value: ({ version }) => version },
    { name: 'port', heading: 'Port', value: ({ port }) => port, text: ({ port }) => `:${port}` },
    { name: 'stage', heading: 'Stage', value: ({ stage }) => stage, shown: 'screen' },
    { name: 'never', heading: 'Never', value: () => null, shown: 'screen' },
    { name: 'mail', heading: 'Mail', value: ({ name }) => name, shown: ({ name }) => name === 'mail' },
    { name: 'length', heading: 'Length', value: ({ name }) => name.length, shown: 'asked' },
  ],
};

const namesOf = (asked: Partial<Asked>): string[] => listingOf(things, { ...nothingAsked, ...asked }).names();

describe('which rows are listed', () => {
  it.each<[Partial<Asked>, string[]]>([
    [{ pattern: 'web*' }, ['web2', 'web10']],
    [{ pattern: 'web?' }, ['web2']],
    [{ pattern: 'mail' }, ['mail']],
    [{ pattern: 'nothing%' }, []],
    [{ stage: 'qa' }, ['web10', 'mail']],
    [{ stage: '?a', pattern: 'm*' }, ['mail']],
    [{ pattern: 'mail', stage: 'prod' }, []],
  ])('%j', (asked, expected) => {
    expect(namesOf(asked)).toEqual(expected);
  });

  it('says that there is none, or none of those there are', () => {
    const listing = (kind: Kind<Row>, more: Partial<Asked> = {}) =>
      listingOf(kind, { ...nothingAsked, pattern: 'x*', ...more });
    expect(listing(things).none).toBe('Of 4 things none is named x*.');
    expect(listing(things, { stage: 'qa' }).none).toBe(
      'Of 4 things none is named x* and has something at stage qa.',
    );
    expect(listing({ ...things, rows: things.rows.slice(0, 1) }).none).toBe('Of 1 thing none is named x*.');
    expect(listing({ ...things, rows: [] }).none).toBe('There is no thing.');
    expect(listing({ ...things, rows: [], none: 'Add one.' }).none).toBe('Add one.');
  });

  it('tells of a name that is nowhere, and of a place that the kind does not know', () => {
    expect(() => namesOf({ pattern: 'nope' })).toThrow("there is no thing nope: see 'cmanage show things'");
    expect(() => namesOf({ host: 'docker01' })).toThrow('things are at no host: leave --host out');
  });
});

describe('the order of the rows', () => {
  it.each([
    [['name'], ['a\u001b[2Jb', 'mail', 'web2', 'web10']],
    [['-name'], ['web10', 'web2', 'mail', 'a\u001b[2Jb']],
    [['version'], ['web10', 'web2', 'a\u001b[2Jb', 'mail']],
    [['-version'], ['a\u001b[2Jb', 'web2', 'web10', 'mail']],
    [['port'], ['a\u001b[2Jb', 'mail', 'web2', 'web10']],
    [
      ['stage', '-port'],
      ['a\u001b[2Jb', 'web2', 'web10', 'mail'],
    ],
  ])('by %j', (sort, expected) => {
    // By stage: dev, prod, qa.
    expect(namesOf({ sort })).toEqual(expected);
  });

  it('names the columns there are where one is not', () => {
    expect(() => namesOf({ sort: ['nope'] })).toThrow(
      'things have no column nope: there are name, version, port, stage, never, mail, length',
    );
  });
});

describe('which columns are listed', () => {
  const headFor = (audience: 'screen' | 'pipe' | 'file', asked: Partial<Asked> = {}) =>
    sheetIn(things, asked, audience).head;

  it('is more on a screen than in a pipe, and in a file the same whatever is in it', () => {
    expect(headFor('pipe')).toEqual(['Thing', 'Version', 'Port', 'Mail']);
    expect(headFor('screen')).toEqual(['Thing', 'Version', 'Port', 'Stage', 'Mail']);
    expect(headFor('pipe', { pattern: 'web*' })).toEqual(['Thing', 'Version', 'Port']);
    expect(headFor('file', { pattern: 'web*' })).toHaveLength(7);
  });

  it('is what was asked for, in that order', () => {
    expect(headFor('pipe', { columns: ['length', 'name'] })).toEqual(['Length', 'Thing']);
    expect(() => headFor('pipe', { columns: ['x'] })).toThrow('no column x');
  });
});

describe('what stands in the cells', () => {
  it('is text for people, with a hyphen for nothing, and nothing that a terminal obeys', () => {
    expect(sheetIn(things).rows).toEqual([
      ['web2', 'v0.10', ':80', 'web2'],
      ['web10', 'v0.9', ':443', 'web10'],
      ['mail', '-', ':25', 'mail'],
      ['a\\u001b[2Jb', 'v1', ':9', 'a\\u001b[2Jb'],
    ]);
  });

  it('is the entry for programs, or values of the columns that were asked for', () => {
    const asked = { ...nothingAsked, pattern: 'mail' };
    expect(listingOf(things, asked).entries()).toEqual([{ nested: things.rows[2] }]);
    expect(listingOf(things, { ...asked, columns: ['port', 'version'] }).entries()).toEqual([
      { port: 25, version: null },
    ]);
  });
});
