import { markup } from '../markup.ts';
import type { Card } from './cards.ts';
import { clip, layoutOf, limits, type Box, type Layout, type PlacedBranch, type Point } from './layout.ts';
import { graphStyle } from './style.ts';

/** Up to so many pixels wide, a card may be made to fit a telephone's window, and can still be read. */
const fitting = 480;

/** A card as an SVG element for a page that has `graphStyle`. Stages give the order of colours. */
export function cardSvg(card: Card, stages: readonly string[]): string {
  const layout = layoutOf(card);
  const { width, height } = layout;
  const label = markup(labelOf(card));
  const style = width <= fitting ? 'graph fits' : 'graph';
  return `<svg class="${style}" role="img" aria-label="${label}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${drawing(layout, stages)}</svg>`;
}

/** All cards as one drawing by itself, in columns of about the same height. */
export function graphSvg(cards: readonly Card[], stages: readonly string[], title: string): string {
  const [gap, top] = [16, 34];
  const layouts = cards.map(layoutOf);
  const width = layouts.reduce((most, layout) => Math.max(most, layout.width), 0) + gap;
  const area = layouts.reduce((sum, { height }) => sum + (height + gap) * width, 0);
  // A drawing is looked at on screens and on sheets that are wider than high.
  const columns = Math.max(1, Math.min(cards.length, Math.round(Math.sqrt(area * 1.5) / width)));
  const heights = Array.from({ length: columns }, () => top);
  const parts = layouts.map((layout) => {
    const lowest = heights.indexOf(Math.min(...heights));
    const y = heights[lowest] ?? top;
    heights[lowest] = y + layout.height + gap;
    return `<g transform="translate(${gap + lowest * width} ${y})">${drawing(layout, stages)}</g>`;
  });
  const [fullWidth, fullHeight] = [Math.max(gap + columns * width, 360), Math.max(...heights) + gap];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="graph alone" width="${fullWidth}" height="${fullHeight}" viewBox="0 0 ${fullWidth} ${fullHeight}">`,
    `<title>${markup(title)}</title>`,
    `<style>${graphStyle}</style>`,
    `<rect class="paper" width="${fullWidth}" height="${fullHeight}"/>`,
    `<text class="head" x="${gap + 6}" y="22">${markup(title)}</text>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function labelOf({ services, doors }: Card): string {
  const to = doors.length === 0 ? 'no endpoint' : doors.map(({ name }) => name).join(', ');
  return `${services.join(', ')}: ${to}`;
}

function drawing({ doors, branches, hosts, ways }: Layout, stages: readonly string[]): string {
  return [
    ...ways.map(({ from, bend, to }) =>
      curve('w', { x: from.x + 3, y: from.y }, { x: to.x - 2, y: to.y }, bend + 3),
    ),
    ...branches.flatMap(callerLine),
    ...doors.map((place) =>
      curve(`d ${colour(stages, place.door.stage)}`, rightOf(place), { x: place.to.x - 4, y: place.to.y }),
    ),
    ...doors.map((place) => {
      const { door } = place;
      const title = `${door.name}${door.url === null ? '' : ` (${door.url})`}, stage ${door.stage}, position ${door.positions.join(' and ')}`;
      return `<g>${titled(title)}${rect('e', place)}${rect(`b ${colour(stages, door.stage)}`, { ...place, width: 5 })}${text('t', { x: place.x + 11, y: place.y + 13 }, clip(door.label, limits.door))}</g>`;
    }),
    ...branches.map((placed) => branchText(placed)),
    ...branches.flatMap(({ stacks }) => stacks.map(stackText)),
    ...hosts.map(
      (host) =>
        `<g>${titled(host.name)}${rect('h', host)}${text('t', { x: host.x + 7, y: host.y + 13 }, clip(host.name, limits.host))}</g>`,
    ),
  ].join('');
}

function colour(stages: readonly string[], stage: string): string {
  return positionClass(stages.indexOf(stage));
}

/** There are colours for six stages; those beyond, and what is at no stage, look alike. */
function positionClass(position: number): string {
  return position >= 0 && position < 6 ? `p${position}` : 'px';
}

function branchText({ branch, at }: PlacedBranch): string {
  const { name, kind, note } = branch;
  const shown = clip(name, limits.name);
  const noted = kind === 'elsewhere' ? ['drawn elsewhere', note].filter(Boolean).join(', ') : note;
  const behind = note === '' ? '' : `<tspan class="n" dx="8">${markup(clip(note, limits.note))}</tspan>`;
  const title = titled(noted === '' ? name : `${name}: ${noted}`);
  const style = { service: 's', external: 's x', elsewhere: 's o' }[kind];
  return `<text class="${style}" x="${at.x}" y="${at.y + 4}">${title}${markup(shown)}${behind}</text>`;
}

function callerLine({ at, callerAt }: PlacedBranch): string[] {
  if (callerAt === null) return [];
  return [`<path class="l" d="M${callerAt.x} ${callerAt.y + 8}V${at.y}H${at.x - 3}"/>`];
}

function stackText({ stack, at, cells }: PlacedBranch['stacks'][number]): string {
  const containers = stack.cells.map((cell, index) => {
    const place = cells[index] ?? { x: 0, y: 0, width: 0, height: 0 };
    const style = `c ${positionClass(cell.position)}${cell.serves ? '' : ' q'}`;
    const middle = { x: place.x + place.width / 2, y: place.y + 13 };
    const title = titled(`${cell.name} ${cell.version}${cell.serves ? '' : ', gets no requests'}`);
    return `<g>${title}${rect(style, place)}${text('v', middle, clip(cell.version, limits.version))}</g>`;
  });
  return `${text('n', { x: at.x, y: at.y + 4 }, clip(stack.label, limits.stack))}${containers.join('')}`;
}

function rightOf({ x, y, width, height }: Box): Point {
  return { x: x + width, y: y + height / 2 };
}

/** A line that is straight up to `bend`. */
function curve(style: string, from: Point, to: Point, bend = from.x): string {
  const middle = tidy((bend + to.x) / 2);
  const straight = bend > from.x ? `H${tidy(bend)}` : '';
  return `<path class="${style}" d="M${tidy(from.x)} ${tidy(from.y)}${straight}C${middle} ${tidy(from.y)} ${middle} ${tidy(to.y)} ${tidy(to.x)} ${tidy(to.y)}"/>`;
}

function rect(style: string, { x, y, width, height }: Box): string {
  return `<rect class="${style}" x="${tidy(x)}" y="${tidy(y)}" width="${tidy(width)}" height="${height}" rx="3"/>`;
}

function text(style: string, { x, y }: Point, content: string): string {
  return `<text class="${style}" x="${tidy(x)}" y="${tidy(y)}">${markup(content)}</text>`;
}

function titled(content: string): string {
  return `<title>${markup(content)}</title>`;
}

/** Half a pixel is fine enough, and short. */
function tidy(value: number): number {
  return Math.round(value * 2) / 2;
}
