import { groupsOf } from '../groups.ts';
import type { Branch, Card, Door, DrawnStack } from './cards.ts';

/**
 * Where everything of a card stands, in pixels from its upper left corner: endpoints, the tree with its branches indented, stacks, hosts, from left
 * to right. Only the lines from stacks to hosts may cross, and hosts stand in the order in which that is rare.
 */
export type Layout = {
  readonly width: number;
  readonly height: number;
  readonly doors: readonly (Box & { readonly door: Door; readonly to: Point })[];
  readonly branches: readonly PlacedBranch[];
  readonly hosts: readonly (Box & { readonly name: string })[];
  readonly ways: readonly Way[];
};

/** A stack's line to its host. It is straight up to `bend`, where the highest stack ends, so that it crosses no other stack. */
export type Way = { readonly from: Point; readonly bend: number; readonly to: Point; readonly host: string };

export type Point = { readonly x: number; readonly y: number };
export type Box = Point & { readonly width: number; readonly height: number };

export type PlacedBranch = {
  readonly branch: Branch;
  /** Of its name's left end; the middle of its line. */
  readonly at: Point;
  /** Where the line from its caller comes down; null of a root. */
  readonly callerAt: Point | null;
  readonly stacks: readonly {
    readonly stack: DrawnStack;
    readonly at: Point;
    readonly cells: readonly Box[];
  }[];
};

/** The width of a character of the monospaced font, and what stands around it. */
export const font = { size: 11, width: 6.62 };
const row = 22;
const box = 18;
const blockGap = 9;
const margin = 6;
const indent = 16;
const gaps = { doors: 26, tree: 12, label: 8, cell: 3, hosts: 36 };

/** Longer texts are cut; their titles have the whole. */
export const limits = { door: 24, name: 40, note: 34, stack: 12, version: 12, host: 20 };

export function clip(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;
}

function widthOf(text: string, limit: number): number {
  return Math.ceil(Math.min(text.length, limit) * font.width);
}

function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

export function layoutOf(card: Card): Layout {
  const { doors, branches } = card;
  const stacks = branches.flatMap((branch) => branch.stacks);
  const doorWidth = widest(doors.map(({ label }) => widthOf(label, limits.door) + 18));
  const treeX = margin + (doors.length === 0 ? 0 : doorWidth + gaps.doors);
  const ofServices = branches.filter(({ kind }) => kind === 'service');
  const treeWidth = widest(ofServices.map((branch) => branch.depth * indent + textWidthOf(branch)));
  const stackX = treeX + treeWidth + gaps.tree;
  const labelWidth = widest(stacks.map(({ label }) => widthOf(label, limits.stack)));
  const cellsX = stackX + labelWidth + gaps.label;
  const spans = spansOf(stacks);
  const rows = rowsOf(card);
  const placed = branches.map((branch, index): PlacedBranch => {
    const y = rows.top[index] ?? 0;
    const parent = branch.parent === null ? undefined : branches[branch.parent];
    const x = treeX + branch.depth * indent;
    return {
      branch,
      at: { x, y },
      callerAt: parent ? { x: x - indent + 5, y: rows.top[branch.parent ?? 0] ?? 0 } : null,
      stacks: branch.stacks.map((stack, line) => ({
        stack,
        at: { x: stackX, y: y + line * row },
        cells: stack.cells.map((_, cell) => {
          const { x: from, width } = spans[cell] ?? { x: 0, width: 0 };
          return { x: cellsX + from, y: y + line * row - box / 2, width, height: box };
        }),
      })),
    };
  });
  const lastSpan = spans.at(-1);
  const stacksEnd = lastSpan ? cellsX + lastSpan.x + lastSpan.width : stackX;
  const textEnd = widest(branches.map((branch) => treeX + branch.depth * indent + textWidthOf(branch)));
  const { hosts, ways } = hostsOf(placed, stacksEnd);
  const placedDoors = doors.map((door, index) => ({
    door,
    ...{ x: margin, y: (rows.doors[index] ?? 0) - box / 2, width: doorWidth, height: box },
    to: placed[door.branch]?.at ?? { x: 0, y: 0 },
  }));
  const end = widest([textEnd, stacksEnd, ...hosts.map(({ x, width }) => x + width)]);
  const bottom = widest([rows.bottom, ...hosts.map(({ y, height }) => y + height + margin)]);
  return {
    width: Math.ceil(end + margin),
    height: Math.ceil(bottom),
    doors: placedDoors,
    branches: placed,
    hosts,
    ways,
  };
}

/** For each position, from where to where its versions stand; one width for all stacks of a card, so that versions can be compared. */
function spansOf(stacks: readonly DrawnStack[]): { readonly x: number; readonly width: number }[] {
  const highest = widest(stacks.map(({ cells }) => cells.length));
  let x = 0;
  return Array.from({ length: highest }, (_, position) => {
    const versions = stacks.flatMap(({ cells }) => cells[position]?.version ?? []);
    const span = { x, width: widest(versions.map((version) => widthOf(version, limits.version))) + 10 };
    x += span.width + gaps.cell;
    return span;
  });
}

/** The name, and what is noted behind it. */
function textWidthOf({ name, note }: Branch): number {
  return widthOf(name, limits.name) + (note === '' ? 0 : widthOf(note, limits.note) + font.width * 2) + 4;
}

/** The middle of each branch's first line and of each endpoint's; a root's tree begins below the endpoints of the one before. */
function rowsOf({ branches, doors }: Card): { top: number[]; doors: number[]; bottom: number } {
  const [top, doorRows]: [number[], number[]] = [[], []];
  let y = margin + box / 2;
  let doorsEnd = y;
  branches.forEach((branch, index) => {
    if (branch.parent === null) {
      y = Math.max(y, doorsEnd);
      doors.forEach((door, which) => {
        if (door.branch !== index) return;
        doorRows[which] = Math.max(doorsEnd, y);
        doorsEnd = Math.max(doorsEnd, y) + row;
      });
      doorsEnd += blockGap;
    }
    top.push(y);
    y += Math.max(1, branch.stacks.length) * row + blockGap;
  });
  return {
    top,
    doors: doorRows,
    bottom: Math.max(y, doorsEnd) - blockGap - row + box / 2 + margin + row - box,
  };
}

/** Hosts stand beside the middle of their stacks, one below the other. */
function hostsOf(
  branches: readonly PlacedBranch[],
  stacksEnd: number,
): { hosts: Layout['hosts']; ways: Layout['ways'] } {
  const stacks = branches.flatMap((branch) => branch.stacks);
  const groups = [...groupsOf(stacks, ({ stack }) => stack.host)].map(([name, group]) => ({
    name,
    middle: group.reduce((sum, { at }) => sum + at.y, 0) / group.length,
  }));
  groups.sort((a, b) => a.middle - b.middle || (a.name < b.name ? -1 : 1));
  const width = widest(groups.map(({ name }) => widthOf(name, limits.host))) + 14;
  const x = stacksEnd + gaps.hosts;
  let free = margin;
  const hosts = groups.map(({ name, middle }) => {
    const y = Math.max(free, middle - box / 2);
    free = y + row;
    return { name, x, y, width, height: box };
  });
  const yOf = new Map(hosts.map(({ name, y }) => [name, y + box / 2]));
  const ways = stacks.map(({ stack, at, cells }) => ({
    from: { x: (cells.at(-1)?.x ?? at.x) + (cells.at(-1)?.width ?? 0), y: at.y },
    bend: stacksEnd,
    to: { x, y: yOf.get(stack.host) ?? at.y },
    host: stack.host,
  }));
  return { hosts, ways };
}
