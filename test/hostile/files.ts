import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { believePlan, readPlanFile } from '../../src/cli/plans/readPlan.ts';
import type { Session } from '../../src/cli/session.ts';
import { readConfig, rulesLines } from '../../src/config/config.ts';
import { render } from '../../src/haproxy/render.ts';
import { routes } from '../../src/haproxy/routes.ts';
import { sealPlan, type SavedPlan } from '../../src/plan/saved.ts';
import { projectRoot } from '../../lab/project.ts';
import { decode } from '../prove/decode.ts';
import { hostileFiles } from '../support/hostileFiles.ts';
import { hostileText, mutated, mutatedValue, oneOf, type Random } from './mutate.ts';
import { refuse } from './verdict.ts';

/** Files of the person who runs cmanage: the configuration, and saved plans. */

const names = ['cmanage.yml', 'hosts.yml', 'rules.yml'] as const;

export type Files = {
  readonly directory: string;
  readonly samples: Readonly<Record<(typeof names)[number], string>>;
};

export function openFiles(): Files {
  const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'cmanage-hostile-'));
  const read = (name: string): string =>
    readFileSync(join(projectRoot(), 'etc', name), 'utf8').replace(/^ *#.*\n/gm, '');
  const samples = {
    'cmanage.yml': read('cmanage.yml'),
    'hosts.yml': read('hosts.yml'),
    'rules.yml': read('rules.yml'),
  };
  mkdirSync(directory, { recursive: true });
  for (const name of names) writeFileSync(join(directory, name), samples[name]);
  return { directory, samples };
}

export function closeFiles({ directory }: Files): void {
  rmSync(directory, { recursive: true });
}

/** What lines of HAProxy's configuration begin with, as cmanage writes it. */
const lineBeginnings =
  /^(?:|#.*|global|defaults|(?:frontend|backend|resolvers) \S+| {4}(?:mode|bind|stats socket|hard-stop-after|setenv|option|no option|retries|retry-on|timeout|http-error|default-server|parse-resolv-conf|hold|use_backend|default_backend|acl|http-request|http-check|balance|hash-type|server|cookie|dynamic-cookie-key) ?.*)$/;

export function tryConfiguration(random: Random, { directory, samples }: Files): void {
  const name = oneOf(random, names);
  const base = random() < 0.2 ? oneOf(random, hostileFiles).text : samples[name];
  const path = join(directory, name);
  writeFileSync(path, random() < 0.95 ? mutated(random, base) : hostileText(random));
  try {
    const { environment, connection } = readConfig(directory);
    rulesLines(directory);
    const hosts = environment.hosts.map((host) => host.name);
    const before = decode('a[1:2,4 2:2,4]{prod>0 qa>1}', ['h1', 'h2', 'h3']);
    // The sample's stacks stand on the first hosts of whatever there are.
    const stacks = before.stacks.map((row, index) => ({ ...row, host: hosts[index % hosts.length] ?? '' }));
    for (const balancer of environment.loadBalancers) {
      const text = render(routes({ ...before, stacks }, environment, balancer), balancer);
      for (const line of text.split('\n'))
        refuse(
          !lineBeginnings.test(line),
          `it puts the line ${JSON.stringify(line)} into HAProxy's configuration`,
        );
    }
    for (const { config, masterSocket, linkMap, program, run } of connection.balancers) {
      for (const text of [config, masterSocket, linkMap, program, ...run])
        refuse(/[\u0000-\u001f\u007f]/.test(text), `a path or word is ${JSON.stringify(text)}`);
      refuse(run[0]?.startsWith('-') === true, 'a program begins like an option');
    }
  } finally {
    writeFileSync(path, samples[name]);
  }
}

const key = 'ab'.repeat(32);

const savedPlan: SavedPlan = {
  ...{
    format: 1,
    environment: 'this',
    command: 'cmanage pop webapp',
    madeAt: '2026-01-01T00:00:00.000Z',
    madeBy: 'me',
  },
  ...{ reason: null, deployment: null, violations: [], stacks: [], trees: [] },
  saw: {
    services: ['webapp'],
    state: {} as SavedPlan['saw']['state'],
    images: [],
    containers: [],
    configurations: [],
  },
  plan: { steps: [], pivot: 0 },
};

const sealed = sealPlan(savedPlan, key);
const environmentRow = { id: 'this', revision: 1, fence: 1, planKey: key };
const source = { getRepository: () => ({ find: () => Promise.resolve([environmentRow]) }) };
const session = { database: { source } } as unknown as Session;

export async function tryPlan(random: Random, { directory }: Files): Promise<void> {
  const path = join(directory, 'some.plan');
  const isStructured = random() < 0.7;
  const text = isStructured
    ? JSON.stringify(mutatedValue(random, sealed))
    : mutated(random, JSON.stringify(sealed));
  writeFileSync(path, text);
  const believed = await believePlan(readPlanFile(path), session);
  const isSame = JSON.stringify(JSON.parse(text)) === JSON.stringify(sealed);
  refuse(believed.ok && !isSame && !sameContent(text), 'it believes a plan that was changed');
}

/** Whether only the order of fields, or blanks, are otherwise. */
function sameContent(text: string): boolean {
  const sorted = (value: unknown): unknown =>
    typeof value !== 'object' || value === null || Array.isArray(value)
      ? value
      : Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([name, inner]) => [name, sorted(inner)]),
        );
  return (
    JSON.stringify(sorted(JSON.parse(text))) === JSON.stringify(sorted(JSON.parse(JSON.stringify(sealed))))
  );
}
