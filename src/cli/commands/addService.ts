import { Option, type Command } from 'commander';
import { defaultProfile, profiles, type Profile } from '../../model/profile.ts';
import { defaultRolling } from '../../model/rolling.ts';
import { defaultSettings, type SecretFile, type ServiceSettings } from '../../model/settings.ts';
import type { Mode, ServiceTraffic } from '../../model/traffic.ts';
import {
  integer,
  parseCpus,
  parseDrainLimit,
  parseFile,
  parseHealthPath,
  parseMemory,
  parseName,
  parseNameList,
  parsePort,
  parseRepository,
  parseSecretFile,
  parseUser,
  parseVariable,
  parseVersions,
} from '../arguments.ts';
import { retentionTyped, withRetentionArguments, type RetentionArguments } from '../retentionArguments.ts';
import { example, modeOption, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';
import { rollingTyped, withRollingArguments, type RollingArguments } from '../rollingArguments.ts';

type Options = ChangeOptions &
  RetentionArguments &
  RollingArguments & {
    image: string;
    stacks: number;
    versions: string[];
    pull: 'registry' | 'never';
    port: number;
    health?: string;
    healthInterval: number;
    healthRetries: number;
    healthDeadline: number;
    env?: Record<string, string>;
    envFile?: string[];
    secretFile?: SecretFile[];
    command?: string[];
    memory?: number;
    cpus?: number;
    pids: number;
    profile: Profile;
    user?: string;
    stopGrace: number;
    mode: Mode;
    uses?: string[];
    drainLimit?: number;
  };

export function declareAddService(program: Command, finish: Finish): void {
  const { health } = defaultSettings;
  const command = program
    .command('addservice')
    .description('add a service: its stacks, and their containers from position 0 up')
    .argument('<name>', 'name of the service', parseName)
    .requiredOption('-i, --image <repository>', 'image repository, without a tag', parseRepository)
    .requiredOption(
      '-v, --versions <versions...>',
      'versions from position 0 up; the last one fills the stack',
      parseVersions,
    )
    .option('-s, --stacks <n>', 'number of stacks, each on a host of its own', integer(1, 1000), 1)
    .option(
      '--port <port>',
      'port the application listens on in the container',
      parsePort,
      defaultSettings.containerPort,
    )
    .option(
      '--health <path>',
      'HTTP path that answers 2xx or 3xx when healthy (else a TCP connection)',
      parseHealthPath,
    )
    .option('--health-interval <ms>', 'milliseconds between probes', integer(20, 60_000), health.interval)
    .option(
      '--health-retries <n>',
      'restarts by the engine before it counts as failed',
      integer(0, 100),
      health.retries,
    )
    .option('--health-deadline <s>', 'seconds to become healthy', integer(1, 3600), health.deadline)
    .option('-e, --env <NAME=value>', 'environment variable (again for more)', parseVariable)
    .option('--env-file <file>', 'file of NAME=value lines, read at each release', parseFile)
    .option('--secret-file <NAME=file>', 'file put into the container as /run/secrets/NAME', parseSecretFile)
    .option('--command <words...>', "replaces the image's command")
    .option('--memory <size>', 'memory limit, such as 512m', parseMemory)
    .option('--cpus <n>', 'CPU limit, such as 0.5', parseCpus)
    .addOption(
      new Option('--profile <profile>', 'how its containers are confined (docs/security.md)')
        .choices([...profiles].reverse())
        .default(defaultProfile),
    )
    .option('--user <uid[:gid]>', "user in the containers (else the image's)", parseUser)
    .option('--pids <n>', 'most processes and threads', integer(8, 1_000_000), defaultSettings.pids)
    .option(
      '--stop-grace <s>',
      'seconds between SIGTERM and SIGKILL',
      integer(0, 3600),
      defaultSettings.stopGrace,
    )
    .addOption(modeOption('http'))
    .option(
      '--uses <names...>',
      'services it calls, also external ones: its containers have links to them from the first one on',
      parseNameList,
    )
    .option(
      '--drain-limit <s>',
      "seconds that requests and connections may take to end when a container leaves (else the load balancer's drain_limit)",
      parseDrainLimit,
    )
    .addOption(
      new Option(
        '--pull <policy>',
        'where images come from: the registry, or never but from the hosts themselves',
      )
        .choices(['registry', 'never'])
        .default('registry'),
    )
    .addHelpText(
      'after',
      example(
        'cmanage addservice webapp -i registry.example/webapp -s 2 -v v0.1 v0.2 v0.3 --health /health',
        'cmanage addservice webapp -i registry.example/webapp -v v0.1 --uses training,db',
      ),
    );
  withChange(withRollingArguments(withRetentionArguments(command))).action(
    async (name: string, _options: unknown, self: Command) => {
      finish(await addService(name, self.optsWithGlobals()));
    },
  );
}

async function addService(name: string, options: Options): Promise<number> {
  const [{ change }, processes, { parametersFor }, { stackHeight }, { needsTimes }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/processes.ts'),
    import('../../model/rules.ts'),
    import('../../constraints/stackHeight.ts'),
    import('../facts.ts'),
  ]);
  const { image, stacks, pull } = options;
  const retention = retentionTyped(options) ?? null;
  return change(options, {
    question: (_state, { environment }) => {
      const hosts = environment.hosts.map((host) => host.name);
      return { image, pull, versions: options.versions, hosts, times: needsTimes(environment, name) };
    },
    process: (state, environment, facts) => {
      const { rules } = environment;
      const least = Number(
        parametersFor(rules, stackHeight.code, name, stackHeight.parameters).min_containers,
      );
      const versions = processes.padVersions(options.versions, Math.max(least, rules.stages.length));
      const service = {
        ...{ name, image, pull, retention },
        ...{ settings: settingsOf(options), traffic: trafficOf(options) },
        rolling: { ...defaultRolling, ...rollingTyped(options) },
      } as const;
      return processes.addService(state, { ...service, stacks, versions }, environment, facts);
    },
  });
}

function trafficOf({ mode, uses = [], drainLimit }: Options): ServiceTraffic {
  return { mode, uses, drainLimit: drainLimit ?? null };
}

function settingsOf(options: Options): ServiceSettings {
  return {
    containerPort: options.port,
    health: {
      ...defaultSettings.health,
      path: options.health ?? null,
      interval: options.healthInterval,
      retries: options.healthRetries,
      deadline: options.healthDeadline,
    },
    env: options.env ?? {},
    envFiles: options.envFile ?? [],
    secretFiles: options.secretFile ?? [],
    command: options.command ?? null,
    memory: options.memory ?? null,
    cpus: options.cpus ?? null,
    pids: options.pids,
    stopGrace: options.stopGrace,
    ...(options.profile === defaultProfile ? {} : { profile: options.profile }),
    ...(options.user === undefined ? {} : { user: options.user }),
  };
}
