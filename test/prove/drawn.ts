import type { State } from '../../src/model/state.ts';
import type { Command } from './command.ts';
import { nobody } from './everyCommand.ts';
import type { House } from './house.ts';
import { missingVersion } from './registry.ts';

/** Draws the digits of a number, each in a base of its own; when it is used up, all further ones are 0. */
type Draw = (base: number) => number;

function drawFrom(number: number): Draw {
  let rest = number;
  return (base) => {
    const digit = rest % base;
    rest = Math.floor(rest / base);
    return digit;
  };
}

const names = ['a', 'b', 'c'];

/**
 * The command that a number stands for in a state. Most arguments fit what is there, so that sequences go deep; every
 * sixth or so is of a missing thing, outside the stacks, or taken. Small numbers are simple commands, which is what
 * fast-check looks for when it makes a counter-example smaller.
 */
export function drawnCommand(number: number, state: State, house: House): Command {
  const draw = drawFrom(number);
  const kind = draw(20);
  const service = one(
    draw,
    [...state.services.map((row) => row.name), ...(draw(8) === 7 ? [nobody] : [])],
    'a',
  );
  const position = positionFrom(draw);
  switch (kind) {
    case 0:
    case 1:
      return {
        do: 'addservice',
        service: one(draw, names, 'a'),
        stacks: 2 - draw(4) + draw(3),
        versions: listFrom(draw),
      };
    case 2:
    case 3:
    case 4:
    case 5:
      return { do: 'release', service, versions: pushesFrom(draw, state, service) };
    case 6:
    case 7:
    case 8:
      return { do: 'pop', service, position, single: draw(5) === 4 };
    case 9:
      return { do: 'replace', service, position, direction: draw(2) === 0 ? 'up' : 'down' };
    case 10:
      return { do: 'scale', service, stacks: draw(5) };
    case 11:
    case 12:
    case 13:
      return endpointFrom(draw, service, position, state, house);
    default:
      return others(draw, kind, { service, position }, state, house);
  }
}

function others(
  draw: Draw,
  kind: number,
  { service, position }: { service: string; position: number },
  state: State,
  house: House,
): Command {
  const endpoints = state.endpoints.map((row) => row.name);
  const endpoint = one(draw, draw(8) === 7 ? [nobody] : endpoints, nobody);
  const at = draw(3) === 2 ? position : null;
  const children = [one(draw, [...state.services.map((row) => row.name)].reverse(), 'b')];
  const relation = {
    service,
    children,
    parents: draw(8) === 7 ? ['c'] : [],
    endpoints: draw(2) === 0 ? [] : [endpoint],
  };
  switch (kind) {
    case 14:
    case 15:
      return { do: 'connect', ...relation, position: at };
    case 16:
      return { do: 'disconnect', ...relation, cascade: draw(2) === 1 };
    case 17: {
      const edge = state.edges[draw(8)];
      if (!edge) return { do: 'changetree', endpoint, child: null, parent: null, position };
      return { do: 'changetree', ...edge, parent: draw(2) === 0 ? null : edge.parent, position: at };
    }
    case 18:
      return { do: 'host drain', host: one(draw, house.hosts, nobody) };
    default:
      return deletion(draw, service, endpoint);
  }
}

function deletion(draw: Draw, service: string, endpoint: string): Command {
  const cascade = draw(3) !== 0;
  switch (draw(4)) {
    case 0:
      return { do: 'delete containers', service };
    case 1:
      return { do: 'delete service', service, cascade };
    default:
      return { do: 'delete endpoint', endpoint, cascade };
  }
}

function one(draw: Draw, things: readonly string[], otherwise: string): string {
  return things.length === 0 ? otherwise : (things[draw(things.length)] ?? otherwise);
}

function positionFrom(draw: Draw): number {
  return [0, 1, 2, 0, 1, 3, 4, -1][draw(8)] ?? 0;
}

/** Versions of a new service: three or four of which none is earlier than the one before, or now and then anything. */
function listFrom(draw: Draw): string[] {
  const height = [3, 4, 3, 1, 2, 0][draw(6)] ?? 3;
  if (draw(10) === 9) return Array.from({ length: height }, () => tagFrom(draw));
  let number = 1;
  return Array.from({ length: height }, () => `v${(number += draw(3))}`);
}

/** What is pushed: mostly the version on top or one of the next, so that a stack can grow for long. */
function pushesFrom(draw: Draw, state: State, service: string): string[] {
  const owned = new Set(state.stacks.filter((row) => row.service === service).map((row) => row.name));
  const numbers = state.containers.flatMap(({ stack, version }) =>
    owned.has(stack) && version.startsWith('v') ? [Number(version.slice(1))] : [],
  );
  const next = `v${Math.max(1, ...numbers) + draw(3)}`;
  return draw(8) === 7 ? [next, tagFrom(draw)] : [draw(8) === 7 ? tagFrom(draw) : next];
}

function tagFrom(draw: Draw): string {
  return [`v${1 + draw(9)}`, 'latest', missingVersion, 'no tag'][draw(4)] ?? 'v1';
}

function endpointFrom(draw: Draw, service: string, position: number, state: State, house: House): Command {
  const stage = draw(12) === 11 ? nobody : one(draw, house.stages, 'prod');
  const usual = house.stages.indexOf(stage);
  const pointer = draw(3) === 2 || usual < 0 ? position : usual;
  const port = draw(8) === 7 ? (state.endpoints[0]?.port ?? 0) : 8001 + state.endpoints.length + draw(3);
  const url = draw(6) === 5 ? (['u.example', 'w.example'][draw(2)] ?? null) : null;
  return {
    do: 'addendpoint',
    service,
    name: draw(6) === 5 ? 'new' : `${stage}${draw(3)}`,
    stage,
    pointer,
    port,
    url,
  };
}
