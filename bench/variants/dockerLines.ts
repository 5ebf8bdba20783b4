import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import type { Variant } from '../rounds.ts';
import { verifyOrder, wipeHosts, type Order, type OrderedContainer } from '../world.ts';
import { certificates } from './rawCalls.ts';

/** What an administrator types: a docker command line per container, one after another, alternating the hosts. */
export function dockerLines(lab: Lab, order: Order): Variant[] {
  const run = order.map((container) => [...client(lab, container), 'run', '-d', ...options(container)]);
  const pull = order.map((container) => [...client(lab, container), 'pull', '-q', container.body.Image]);
  const both = run.flatMap((line, index) => [pull[index] ?? [], line]);
  return [script(lab, order, '12 × docker run', run), script(lab, order, '12 × docker pull + run', both)];
}

function script(lab: Lab, order: Order, name: string, lines: readonly (readonly string[])[]): Variant {
  const path = join(lab.dir, 'state', `${name.replaceAll(/[^a-z]+/g, '-')}.sh`);
  writeFileSync(path, lines.map((words) => words.map(quote).join(' ')).join('\n'));
  return {
    name,
    prepare: () => wipeHosts(lab),
    command: { program: 'sh', args: ['-e', path] },
    verify: () => verifyOrder(lab, order),
  };
}

function client(lab: Lab, { host }: OrderedContainer): string[] {
  const { ca, cert, key } = certificates(lab);
  return ['docker', '-H', host.engine, '--tlsverify', '--tlscacert', ca, '--tlscert', cert, '--tlskey', key];
}

/** The options that make the same container as the body does. */
function options({ name, body }: OrderedContainer): string[] {
  const { HostConfig: host } = body;
  const ports = Object.entries(host.PortBindings).flatMap(([port, bindings]) =>
    bindings.map(({ HostPort }) => `${HostPort}:${port}`),
  );
  return [
    ...['--name', name, '--hostname', body.Hostname, '--restart', host.RestartPolicy.Name],
    ...['--memory', `${host.Memory}b`, '--memory-swap', `${host.MemorySwap}b`],
    ...['--cpus', String(host.NanoCpus / 1e9), '--pids-limit', String(host.PidsLimit)],
    ...host.CapDrop.flatMap((capability) => ['--cap-drop', capability]),
    ...host.SecurityOpt.flatMap((option) => ['--security-opt', option]),
    ...['--log-driver', host.LogConfig.Type],
    ...Object.entries(host.LogConfig.Config).flatMap(([key, value]) => ['--log-opt', `${key}=${value}`]),
    ...Object.entries(body.Labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
    ...ports.flatMap((port) => ['-p', port]),
    body.Image,
  ];
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
