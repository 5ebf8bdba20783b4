import { createHash } from 'node:crypto';
import { cardSvg } from '../graph/svg.ts';
import { graphStyle } from '../graph/style.ts';
import { markup } from '../markup.ts';
import type { Figure, Report, Section } from '../audit/report.ts';
import { pageScript } from './script.ts';
import { cardStyle, pageStyle } from './style.ts';
import { tableHtml } from './table.ts';
import { minuteOf } from '../moments.ts';

/** So many cards are in the page at once; what comes after them is parsed when it is looked at (`script.ts`). */
const cardsAtOnce = 12;

/**
 * A report as one HTML file that asks nobody for anything: no network, no fonts, no pictures. Its policy lets it run its own script
 * and nothing else, so that no text in it could, were it ever not escaped. The same report gives the same bytes.
 */
export function pageHtml(report: Report): string {
  const { title, about, subject, figures, sections } = report;
  const shown = sections.filter((section) => section.for !== 'data');
  const style = [graphStyle, pageStyle, cardStyle(shown)].join('\n');
  const policy = `default-src 'none'; style-src '${hashOf(style)}'; script-src '${hashOf(pageScript)}'; base-uri 'none'; form-action 'none'`;
  // What there is, is best seen; the other reports are about something else.
  const graphFirst = report.kind === 'cmdb';
  const places = shown.map(({ id, title: name }) => ({ id, name }));
  const graphPlace = { id: 'graph', name: 'Graph' };
  const contents = graphFirst ? [graphPlace, ...places] : [...places, graphPlace];
  const when = `${minuteOf(subject.moment)} UTC`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<meta name="generator" content="cmanage ${markup(subject.cmanage)}">`,
    `<title>${markup(`${title}, ${subject.environment}, revision ${subject.revision}`)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<header>',
    `<h1>${markup(title)}</h1>`,
    `<p class="subject"><b>${markup(subject.environment)}</b> at revision <b>${markup(subject.revision)}</b>, <time datetime="${markup(subject.moment)}">${markup(when)}</time></p>`,
    `<p>${markup(about)}</p>`,
    `<ul class="figures">${figures.map(figureHtml).join('')}</ul>`,
    `<nav>${contents.map(({ id, name }) => `<a href="#${markup(id)}">${markup(name)}</a>`).join(' ')}</nav>`,
    '</header>',
    '<main>',
    ...(graphFirst ? [graphHtml(report)] : []),
    ...shown.map(sectionHtml),
    ...(graphFirst ? [] : [graphHtml(report)]),
    '</main>',
    `<footer>cmanage ${markup(subject.cmanage)}, ${markup(subject.environment)}, revision ${markup(subject.revision)}, ${markup(when)}</footer>`,
    `<script>${pageScript}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** As a content security policy names it. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function figureHtml({ label, value, tone }: Figure): string {
  return `<li${tone ? ` class="${tone}"` : ''}><b>${markup(value)}</b> ${markup(label)}</li>`;
}

function sectionHtml(section: Section): string {
  const { id, title, note, rows } = section;
  const empty = rows.length === 0;
  return [
    `<section id="${markup(id)}">`,
    `<h2>${markup(title)} <small>${rows.length}</small></h2>`,
    ...(note === '' ? [] : [`<p class="note">${markup(note)}</p>`]),
    empty ? '<p class="none">None.</p>' : tableHtml(section),
    '</section>',
  ].join('\n');
}

/** Cards stand beside each other as the width of the window allows, each one drawing. */
function graphHtml({ cards, stages }: Report): string {
  const legend = stages.map(
    (stage, position) => `<li><i class="p${Math.min(position, 6)}"></i>${markup(stage)}</li>`,
  );
  const drawn = cards.map((card) => {
    const words = [
      ...card.services,
      ...card.branches.flatMap(wordsOf),
      ...card.doors.map(({ name }) => name),
    ];
    return `<figure data-words="${markup([...new Set(words)].join(' '))}">${cardSvg(card, stages)}</figure>`;
  });
  const [first, later] = [drawn.slice(0, cardsAtOnce), drawn.slice(cardsAtOnce)];
  return [
    '<section id="graph">',
    '<h2>Graph</h2>',
    '<p class="note">From left to right: endpoints, the services called on their behalf, their stacks from position 0 up, and hosts. What is dashed gets no requests.</p>',
    `<ul class="legend">${legend.join('')}</ul>`,
    cards.length === 0 ? '<p class="none">There are no services yet.</p>' : '',
    '<div class="graphs"><div class="cards">',
    ...first,
    '</div></div>',
    ...(later.length === 0 ? [] : ['<noscript><div class="cards">', ...later, '</div></noscript>']),
    '</section>',
  ].join('\n');
}

function wordsOf({ name, stacks }: Report['cards'][number]['branches'][number]): string[] {
  return [name, ...stacks.flatMap(({ host, cells }) => [host, ...cells.map(({ version }) => version)])];
}
