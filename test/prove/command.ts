import { removeEndpoint, removeService } from '../../src/actions/deletions.ts';
import { makeEndpoint } from '../../src/actions/makeEndpoint.ts';
import { addService, popService, release, removeContainers } from '../../src/actions/processes.ts';
import { provideLinks } from '../../src/actions/provideLinks.ts';
import type { Direction } from '../../src/actions/replace.ts';
import { drainHost, replaceService, scaleService } from '../../src/actions/stackProcesses.ts';
import { changeTree, connectService, disconnectService } from '../../src/actions/treeProcesses.ts';
import type { Environment, Facts } from '../../src/model/environment.ts';
import { defaultSettings } from '../../src/model/settings.ts';
import type { State } from '../../src/model/state.ts';
import type { Outcome } from '../../src/model/violation.ts';

/** Every changing command of cmanage with its arguments, as data: a proof enumerates, draws, prints and runs these. */
export type Command =
  | {
      readonly do: 'addservice';
      readonly service: string;
      readonly stacks: number;
      readonly versions: readonly string[];
    }
  | { readonly do: 'release'; readonly service: string; readonly versions: readonly string[] }
  | { readonly do: 'pop'; readonly service: string; readonly position: number; readonly single: boolean }
  | {
      readonly do: 'replace';
      readonly service: string;
      readonly position: number;
      readonly direction: Direction;
    }
  | { readonly do: 'scale'; readonly service: string; readonly stacks: number }
  | {
      readonly do: 'addendpoint';
      readonly service: string;
      readonly name: string;
      readonly stage: string;
      readonly pointer: number;
      readonly port: number;
      readonly url: string | null;
    }
  | (Relation & { readonly do: 'connect'; readonly position: number | null })
  | (Relation & { readonly do: 'disconnect'; readonly cascade: boolean })
  | {
      readonly do: 'changetree';
      readonly endpoint: string;
      readonly child: string | null;
      readonly parent: string | null;
      readonly position: number | null;
    }
  | { readonly do: 'delete endpoint'; readonly endpoint: string; readonly cascade: boolean }
  | { readonly do: 'delete service'; readonly service: string; readonly cascade: boolean }
  | { readonly do: 'delete containers'; readonly service: string }
  | { readonly do: 'host drain'; readonly host: string };

type Relation = {
  readonly service: string;
  readonly children: readonly string[];
  readonly parents: readonly string[];
  readonly endpoints: readonly string[];
};

/** The image repository of a service in a proof. */
export function imageOf(service: string): string {
  return `registry.example/${service}`;
}

/** Runs a command as src/cli/change.ts does: its process, and then links for what is new. */
export function perform(state: State, command: Command, environment: Environment, facts: Facts): Outcome {
  const outcome = runProcess(state, command, environment, facts);
  return outcome.ok ? provideLinks(state, outcome.value, environment) : outcome;
}

/** Runs a command's process as src/cli/commands do. `facts` are what a registry says of the service's image. */
function runProcess(state: State, command: Command, environment: Environment, facts: Facts): Outcome {
  switch (command.do) {
    case 'addservice': {
      const { service: name, stacks, versions } = command;
      const service = { name, image: imageOf(name), pull: 'registry', settings: defaultSettings } as const;
      return addService(state, { ...service, stacks, versions }, environment, facts);
    }
    case 'release':
      return release(state, command, environment, facts);
    case 'pop':
      return popService(state, command);
    case 'replace': {
      const { service, position, direction } = command;
      return replaceService(state, { service, position, direction }, environment);
    }
    case 'scale':
      return scaleService(state, command, environment);
    case 'addendpoint': {
      const { name: shortName, service, stage, pointer, port, url } = command;
      return makeEndpoint(state, { shortName, service, stage, pointer, port, address: null, url });
    }
    case 'connect':
      return connectService(state, command, { position: command.position });
    case 'disconnect':
      return disconnectService(state, command, command.cascade);
    case 'changetree':
      return changeTree(state, command, { position: command.position });
    case 'delete endpoint':
      return removeEndpoint(state, command);
    case 'delete service':
      return removeService(state, command);
    case 'delete containers':
      return removeContainers(state, command.service);
    case 'host drain':
      return drainHost(state, command.host, environment);
  }
}

/** What follows `cmanage` on a command line that asks for the same. */
export function argumentsOf(command: Command): string[] {
  const flag = (name: string, given: boolean): string[] => (given ? [name] : []);
  const list = (name: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [name, ...values];
  switch (command.do) {
    case 'addservice': {
      const { service, stacks, versions } = command;
      return ['addservice', service, '-i', imageOf(service), '-s', String(stacks), ...list('-v', versions)];
    }
    case 'release':
      return ['release', command.service, ...list('-v', command.versions)];
    case 'pop':
      return [
        ...['pop', command.service, '--stackpointer', String(command.position)],
        ...flag('--single', command.single),
      ];
    case 'replace': {
      const { service, position, direction } = command;
      return ['replace', service, '--position', String(position), '--direction', direction];
    }
    case 'scale':
      return ['scale', command.service, '--stacks', String(command.stacks)];
    case 'addendpoint': {
      const { service, name, stage, pointer, port, url } = command;
      const at = ['--stage', stage, '--stackpointer', String(pointer), '-p', String(port)];
      return ['addendpoint', name, '-s', service, ...at, ...(url === null ? [] : ['--url', url])];
    }
    case 'connect': {
      const { position } = command;
      const at = position === null ? [] : ['--stackpointer', String(position)];
      return ['connect', command.service, ...relativesOf(command), ...at];
    }
    case 'disconnect':
      return ['disconnect', command.service, ...relativesOf(command), ...flag('--cascade', command.cascade)];
    case 'changetree': {
      const { endpoint, child, parent, position } = command;
      const to = ['--position', position === null ? 'pointer' : String(position)];
      const of = [
        ...(child === null ? [] : ['--child', child]),
        ...(parent === null ? [] : ['--parent', parent]),
      ];
      return ['changetree', endpoint, ...to, ...of];
    }
    case 'delete endpoint':
      return ['delete', 'endpoint', command.endpoint, ...flag('--cascade', command.cascade)];
    case 'delete service':
      return ['delete', 'service', command.service, ...flag('--cascade', command.cascade)];
    case 'delete containers':
      return ['delete', 'containers', command.service];
    case 'host drain':
      return ['host', 'drain', command.host];
  }
}

function relativesOf({ children, parents, endpoints }: Relation): string[] {
  const list = (name: string, values: readonly string[]): string[] =>
    values.length === 0 ? [] : [name, ...values];
  return [...list('-c', children), ...list('-p', parents), ...list('-e', endpoints)];
}
