import { addExternal } from '../../src/actions/addExternal.ts';
import { changeExternal } from '../../src/actions/changeExternal.ts';
import { changeService } from '../../src/actions/changeService.ts';
import { removeEndpoint } from '../../src/actions/deletions.ts';
import { makeEndpoint } from '../../src/actions/makeEndpoint.ts';
import { changeTree } from '../../src/actions/treeProcesses.ts';
import type { State } from '../../src/model/state.ts';
import type { Outcome } from '../../src/model/violation.ts';

/**
 * A command that changes the state and touches no host: what is typed, and what it means on a state. The second is what a
 * serial model does, where nobody else is.
 */
export type Command = {
  readonly args: readonly string[];
  readonly process: (state: State) => Outcome;
};

/** How many services the operators fight for. */
export const serviceCount = 8;

export const serviceName = (index: number): string => `s${index}`;

const endpointNames = ['one', 'two'];
const externalNames = ['db', 'cache', 'mail'];

/** The command that a number stands for; most are allowed at some time, and refused at others. */
export function commandOf(number: number): Command {
  let rest = number;
  const draw = (base: number): number => {
    const digit = rest % base;
    rest = Math.floor(rest / base);
    return digit;
  };
  const kind = draw(12);
  const service = serviceName(draw(serviceCount));
  const value = draw(50);
  const name = endpointNames[draw(endpointNames.length)] ?? '';
  const external = externalNames[draw(externalNames.length)] ?? '';
  const port = 8000 + draw(12);
  const pointer = draw(3);
  // Each sets one field of a row that others change too: an update made from what was read before theirs would show.
  const rolling = (field: 'parallelism' | 'delay' | 'monitor', least: number): Command => ({
    args: ['changeservice', service, `--${field}`, String(value + least)],
    process: (state) => changeService(state, service, { rolling: { [field]: value + least }, traffic: {} }),
  });
  if (kind < 2) return rolling('delay', 0);
  if (kind < 4) return rolling('monitor', 0);
  if (kind < 6) return rolling('parallelism', 1);
  if (kind < 8) return addEndpoint(service, name, port, pointer);
  const endpoint = `${service}-endpoint-${name}`;
  if (kind === 8) {
    return {
      args: ['delete', 'endpoint', endpoint],
      process: (state) => removeEndpoint(state, { endpoint, cascade: false }),
    };
  }
  if (kind === 9) {
    return {
      args: ['changetree', endpoint, '--position', String(pointer)],
      process: (state) => changeTree(state, { endpoint, child: null, parent: null }, { position: pointer }),
    };
  }
  return ofExternal(external, kind === 10, 5000 + value);
}

function addEndpoint(service: string, name: string, port: number, pointer: number): Command {
  const at = ['--stage', 'prod', '--stackpointer', String(pointer)];
  return {
    args: ['addendpoint', name, '-s', service, '-p', String(port), ...at],
    process: (state) =>
      makeEndpoint(state, {
        ...{ shortName: name, service, stage: 'prod', pointer, port, address: null, url: null },
      }),
  };
}

function ofExternal(name: string, isNew: boolean, port: number): Command {
  const target = { stage: 'prod', host: '192.0.2.99', port };
  return {
    args: [isNew ? 'addexternal' : 'changeexternal', name, '--target', `prod=192.0.2.99:${port}`],
    process: (state) =>
      isNew
        ? addExternal(state, { name, mode: 'tcp', targets: [target], healthPath: null })
        : changeExternal(state, { name, targets: [target], dropped: [] }),
  };
}
