import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { parse, stringify } from 'yaml';
import type { Connection } from '../model/connection.ts';
import { hostsSchema, readHosts } from './hosts.ts';
import { referenceFile } from './template.ts';
import { messageOf } from './yaml.ts';

/** An environment as `cmanage init` asks for it, and the commented files that say the same. */
export type Draft = {
  readonly environment: string;
  readonly state: string;
  readonly hosts: readonly HostDraft[];
  readonly balancers: readonly BalancerDraft[];
  readonly registries: readonly RegistryDraft[];
  /** By position: the first is what users see. */
  readonly stages: readonly string[];
  readonly minContainers: number;
};

export type HostDraft = {
  readonly name: string;
  readonly engine: string;
  readonly address: string;
  /** For tcp://; null goes without, which anyone can listen to. */
  readonly tls: { readonly ca: string; readonly cert: string; readonly key: string } | null;
};

export type BalancerDraft = {
  readonly name: string;
  /** Null binds all addresses. */
  readonly address: string | null;
  readonly config: string;
  readonly masterSocket: string;
  readonly statsSocket: string;
  /** What stands before commands there; empty for this machine. */
  readonly run: readonly string[];
};

export type RegistryDraft = { readonly address: string; readonly insecure: boolean };

/** The text of each file, by its name. */
export function filesOf(draft: Draft): Readonly<Record<string, string>> {
  return { 'cmanage.yml': settingsText(draft), 'hosts.yml': hostsText(draft), 'rules.yml': rulesText(draft) };
}

/** The reference with the two settings of its own. */
function settingsText({ environment, state }: Draft): string {
  const text = replaceLine(
    reference('cmanage.yml'),
    /^environment: .*$/m,
    `environment: ${scalar(environment)}`,
  );
  return replaceLine(text, /^state: .*$/m, `state: ${scalar(state)}`);
}

function rulesText({ stages, minContainers }: Draft): string {
  const list = `[${stages.map(scalar).join(', ')}]`;
  const text = replaceLine(reference('rules.yml'), /^stages: .*$/m, `stages: ${list}`);
  const higher = replaceLine(text, /min_containers: \d+/, `min_containers: ${minContainers}`);
  return replaceLine(higher, /stages: \[prod\]/, `stages: [${scalar(stages[0] ?? '')}]`);
}

/** Written anew, because the reference's own hosts are nobody's; what it explains is explained here too. */
export function hostsText({
  hosts,
  balancers,
  registries,
}: Pick<Draft, 'hosts' | 'balancers' | 'registries'>): string {
  return [
    '# The Docker hosts, the load balancers and the registries. Relative paths begin at this file.',
    '# engine: unix:///path, tcp://HOST:PORT (with tls), or ssh://USER@HOST. address: where the ports of containers are reached.',
    '# ports: those that cmanage may give to containers. max_containers, labels, placement and parallel are told in etc/hosts.yml',
    '# of the package.',
    'hosts:',
    ...hosts.flatMap(hostLines),
    ...(balancers.length === 0 ? [] : balancerSection(balancers)),
    ...(registries.length === 0 ? [] : registrySection(registries)),
    '',
  ].join('\n');
}

function hostLines({ name, engine, address, tls }: HostDraft): string[] {
  const files = tls && `{ ca: ${scalar(tls.ca)}, cert: ${scalar(tls.cert)}, key: ${scalar(tls.key)} }`;
  return [
    `  ${scalar(name)}:`,
    `    engine: ${scalar(engine)}`,
    ...(files === null ? [] : [`    tls: ${files}`]),
    ...(files === null && engine.startsWith('tcp:')
      ? [
          '    # Anyone on the way can be this host. Give tls: { ca, cert, key } instead.',
          '    insecure: true',
        ]
      : []),
    `    address: ${scalar(address)}`,
    '    ports: 20000-20999',
  ];
}

function balancerSection(balancers: readonly BalancerDraft[]): string[] {
  return [
    '',
    '# cmanage owns the file `config`, and refuses one that somebody else wrote. HAProxy runs as',
    '# `haproxy -W -S MASTER_SOCKET -f CONFIG`. run: what stands before commands there; without it HAProxy is on this machine.',
    'loadbalancers:',
    ...balancers.flatMap(({ name, address, config, masterSocket, statsSocket, run }) => [
      `  ${scalar(name)}:`,
      ...(address === null
        ? []
        : ['    # The public address that endpoints bind.', `    address: ${scalar(address)}`]),
      `    config: ${scalar(config)}`,
      `    master_socket: ${scalar(masterSocket)}`,
      `    stats_socket: ${scalar(statsSocket)}`,
      ...(run.length === 0 ? [] : [`    run: [${run.map(scalar).join(', ')}]`]),
      '    # Seconds that requests and connections on the old way may take to end.',
      '    drain_limit: 30',
    ]),
  ];
}

function registrySection(registries: readonly RegistryDraft[]): string[] {
  return [
    '',
    '# Docker Hub and others with TLS need no entry, unless they need credentials: a file of one line USER:PASSWORD; without',
    "# one, the Docker client's own config.json is asked.",
    'registries:',
    ...registries.map(({ address, insecure }) => `  ${scalar(address)}: { insecure: ${String(insecure)} }`),
  ];
}

/** How the parts of a draft would be reached. Throws what is wrong with the first part that cannot be so. */
export function connectionOf(
  draft: Pick<Draft, 'hosts' | 'balancers' | 'registries'>,
  directory: string,
): Connection {
  const file = hostsSchema.parse(parse(hostsText(draft)));
  return readHosts(file, (path) => (isAbsolute(path) ? path : resolve(directory, path))).connection;
}

/** What hosts.yml would not take of a draft, in words; null where it is well. */
export function faultIn(draft: Pick<Draft, 'hosts' | 'balancers' | 'registries'>): string | null {
  const { error } = hostsSchema.safeParse(parse(hostsText(draft)));
  const [issue] = error?.issues ?? [];
  return issue ? messageOf(issue) : null;
}

/** Text as YAML, quoted where it would be taken for something else. */
function scalar(text: string): string {
  return stringify(text, { lineWidth: 0, defaultStringType: 'PLAIN' }).trimEnd();
}

function reference(name: string): string {
  return readFileSync(referenceFile(name), 'utf8');
}

/** The reference is our own: a line that it does not have is a bug. */
function replaceLine(text: string, line: RegExp, by: string): string {
  if (!line.test(text)) throw new Error(`the reference configuration has no line ${String(line)}`);
  return text.replace(line, () => by);
}
