import type { Command } from 'commander';
import { parseAddress, parseHostName, parseName, parsePort, parsePosition } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & {
  service: string;
  port: number;
  stage?: string;
  stackpointer?: number;
  address?: string;
  url?: string;
};

export function declareAddEndpoint(program: Command, finish: Finish): void {
  const command = program
    .command('addendpoint')
    .description('add an endpoint: the front door of a service at a stage')
    .argument('<name>', 'short name, such as prod; the endpoint is SERVICE-endpoint-NAME', parseName)
    .requiredOption('-s, --service <name>', 'the service', parseName)
    .requiredOption('-p, --port <port>', 'public port on the load balancer', parsePort)
    .option('--stage <stage>', 'its stage (else the one of its name, or of its stack pointer)', parseName)
    .option('--stackpointer <position>', "position that answers (else the stage's)", parsePosition)
    .option('--address <address>', "public address (else the load balancer's own)", parseAddress)
    .option('--url <host>', 'host name by which it is told apart on a shared port', parseHostName)
    .addHelpText(
      'after',
      example('cmanage addendpoint prod -s webapp -p 80', 'cmanage addendpoint qa -s webapp -p 8081'),
    );
  withChange(command).action(async (name: string, _options: unknown, self: Command) => {
    finish(await addEndpoint(name, self.optsWithGlobals()));
  });
}

async function addEndpoint(shortName: string, options: Options): Promise<number> {
  const [{ change }, { makeEndpoint }, { requireService }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/makeEndpoint.ts'),
    import('../session.ts'),
  ]);
  const { service, port } = options;
  return change(options, {
    question: (state) => {
      requireService(state, service);
      return null;
    },
    process: (state, { rules }) => {
      const stage = options.stage ?? stageOf(shortName, options.stackpointer, rules.stages);
      const pointer = options.stackpointer ?? Math.max(0, rules.stages.indexOf(stage));
      const place = { address: options.address ?? null, url: options.url ?? null };
      return makeEndpoint(state, { shortName, service, stage, pointer, port, ...place });
    },
  });
}

/** An endpoint called after a stage is at it; another is at the stage of its pointer, and that is production's by default. */
function stageOf(name: string, pointer: number | undefined, stages: readonly string[]): string {
  if (stages.includes(name)) return name;
  return stages[pointer ?? 0] ?? stages.at(-1) ?? name;
}
