import { describe, expect, it } from '@jest/globals';
import { answerOf, orNone, rendered, type Answer } from '../../../src/cli/show/showAnswer.ts';
import { nothingAsked, type Kind } from '../../../src/report/kind.ts';
import { listingOf } from '../../../src/report/listing.ts';
import { parseRowTemplate } from '../../../src/report/rowTemplate.ts';

type Row = { name: string; image: string | null };

const kind = (...rows: Row[]): Kind<Row> => ({
  ...{ name: 'thing', rows, none: 'Add a thing.', nameOf: ({ name }) => name, entry: (row) => row },
  columns: [
    { name: 'name', heading: 'Thing', value: ({ name }) => name },
    { name: 'image', heading: 'Image of it', value: ({ image }) => image, rank: 9 },
  ],
});
const listing = (...rows: Row[]) => listingOf(kind(...rows), nothingAsked);
const web = { name: 'web', image: 'registry.example/web' };
const mail = { name: 'mail', image: null };

function text(
  answer: Answer,
  format: 'table' | 'json' | 'csv' | 'markdown' | 'template',
  width: number | null,
) {
  const template = parseRowTemplate('{{name}}={{image}}');
  return [...rendered(answer, { format, template, width })].join('\n');
}

describe('an answer', () => {
  const both = answerOf(listing(web, mail));

  it('is a table on a terminal, and lines with tabs in a pipe', () => {
    expect(text(both, 'table', 80)).toContain('│ web   │ registry.example/web │');
    expect(text(both, 'table', null)).toBe('Thing\tImage of it\nweb\tregistry.example/web\nmail\t-');
  });

  it('names what was left out for want of room, on lines that fit', () => {
    const lines = text(both, 'table', 25).split('\n');
    expect(lines.slice(-3)).toEqual(['Too narrow for image:', 'name those you want by', '--columns.']);
  });

  it('is CSV with the names of columns, Markdown, JSON, or lines by a template', () => {
    expect(text(both, 'csv', null)).toBe('name,image\r\nweb,registry.example/web\r\nmail,');
    expect(text(both, 'markdown', null)).toBe(
      '| Thing | Image of it |\n| --- | --- |\n| web | registry.example/web |\n| mail | - |',
    );
    expect(JSON.parse(text(both, 'json', 80))).toEqual([web, mail]);
    expect(text(both, 'template', null)).toBe('web=registry.example/web\nmail=');
  });

  it('of one by its name is a list of its values, and then what belongs to it', () => {
    const one = answerOf(listing(web), [listing(mail), listing()]);
    expect(text(one, 'table', 40).split('\n')).toEqual([
      ...['Thing        web', 'Image of it  registry.example/web', ''],
      ...['Thing  Image of it', 'mail   -', '', 'Add a thing.'],
    ]);
    expect(text(one, 'table', null)).toBe(
      'Thing\tImage of it\nweb\tregistry.example/web\n\nThing\tImage of it\nmail\t-\n\nThing\tImage of it',
    );
    expect(text(one, 'csv', null)).not.toContain('mail');
    // It is there, and not at the stage that was asked for.
    expect(text(answerOf(listing(), [listing(mail)]), 'table', 40)).toBe('Add a thing.');
    // Several kinds at once are no such thing, however many rows the first one has.
    const several: Answer = { data: () => null, listings: [listing(web), listing(mail)] };
    expect(text(several, 'table', 40)).toContain('│ web');
  });

  it('tells people at a terminal first what it belongs to, and a pipe does not', () => {
    const part = { ...answerOf(listing(mail)), about: listing(web) };
    expect(text(part, 'table', 40).split('\n')).toEqual([
      ...['Thing        web', 'Image of it  registry.example/web', '', 'Thing  Image of it', 'mail   -'],
    ]);
    expect(text(part, 'table', null)).toBe(text(answerOf(listing(mail)), 'table', null));
  });

  it('says where else to look, where it has no --columns', () => {
    const answer = { ...both, elsewhere: 'the journal has all' };
    expect(text(answer, 'table', 25)).toMatch(/Too narrow for image: the\njournal has all\.$/);
  });

  it('says in words that there is nothing: on a terminal always, elsewhere where nobody counts columns', () => {
    const none = answerOf(listing());
    expect(text(none, 'table', 80)).toBe('Add a thing.');
    expect(text(none, 'table', null)).toBe('Thing\tImage of it');
    expect(text(orNone(none), 'table', null)).toBe('Add a thing.');
    expect(text(orNone(both), 'table', null)).toContain('web');
    expect([text(none, 'json', null), text(none, 'template', null)]).toEqual(['[]', '']);
  });

  it('by a template needs one', () => {
    const without = rendered(both, { format: 'template', template: null, width: null });
    expect(() => [...without]).toThrow("-o template needs one: give it by --template '{{name}}'");
  });
});
