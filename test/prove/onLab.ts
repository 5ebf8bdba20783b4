import { padVersions } from '../../src/actions/processes.ts';
import type { State } from '../../src/model/state.ts';
import type { Command } from './command.ts';
import { drawnCommand } from './drawn.ts';
import { defaultHouse, type House } from './house.ts';

/** Random commands for the lab: with its hosts, the tags of its image, and only such as the command line takes. */

export const tags = ['v0.1', 'v0.2', 'v0.3', 'v0.4', 'v0.5', 'v0.6'];
export const house: House = { ...defaultHouse, hosts: ['docker01', 'docker02', 'docker03'], capacity: 100 };

/** So that the sequence has something to go on: a service with its three stages, and one that could stand below it. */
export const beginning: readonly Command[] = [
  { do: 'addservice', service: 'a', stacks: 2, versions: ['v0.1', 'v0.2', 'v0.3'] },
  ...house.stages.map((stage, pointer): Command => {
    return { do: 'addendpoint', service: 'a', name: stage, stage, pointer, port: 8001 + pointer, url: null };
  }),
  { do: 'addservice', service: 'b', stacks: 2, versions: ['v0.1', 'v0.1', 'v0.1'] },
  { do: 'connect', service: 'a', children: ['b'], parents: [], endpoints: [], position: null },
];

/** The next command a number stands for that the command line takes: it refuses nonsense before any rule is asked (exit 2). */
export function commandOnLab(random: () => number, state: State): Command {
  for (;;) {
    const number = Math.floor(random() * 2 ** 21) * 2 ** 32 + Math.floor(random() * 2 ** 32);
    const drawn = drawnCommand(number, state, house);
    const command = 'versions' in drawn ? { ...drawn, versions: drawn.versions.map(tagOf) } : drawn;
    const isKnown =
      !('service' in command) ||
      command.do === 'addservice' ||
      state.services.some((row) => row.name === command.service);
    const numbers = Object.values(command).filter((value) => typeof value === 'number');
    const counts = 'stacks' in command ? command.stacks >= 1 : true;
    const hasVersions = !('versions' in command) || command.versions.length > 0;
    if (!isKnown || !counts || !hasVersions || numbers.some((value) => value < 0)) continue;
    if (command.do !== 'addservice') return command;
    return { ...command, versions: padVersions(command.versions, house.minContainers) };
  }
}

/** The version of the lab that stands for one of a proof: v9 and all above are the last one. */
function tagOf(version: string): string {
  const number = /^v(\d+)$/.exec(version)?.[1];
  return number === undefined
    ? version.replace(/^(?!latest).*/, 'latest')
    : (tags[Number(number) - 1] ?? 'v0.6');
}
