import type { Command } from 'commander';
import { parseName, parsePort, parsePosition } from '../arguments.ts';
import { changeTyped, withEndpointArguments, type EndpointArguments } from '../endpointArguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions &
  EndpointArguments & { service: string; port: number; stage?: string; stackpointer?: number };

export function declareAddEndpoint(program: Command, finish: Finish): void {
  const command = program
    .command('addendpoint')
    .description('add an endpoint: the front door of a service at a stage')
    .argument('<name>', 'short name, such as prod; the endpoint is SERVICE-endpoint-NAME', parseName)
    .requiredOption('-s, --service <name>', 'the service', parseName)
    .requiredOption('-p, --port <port>', 'public port on the load balancer', parsePort)
    .option('--stage <stage>', 'its stage (else the one of its name, or of its stack pointer)', parseName)
    .option('--stackpointer <position>', "position that answers (else the stage's)", parsePosition)
    .addHelpText(
      'after',
      example(
        'cmanage addendpoint prod -s webapp -p 80',
        'cmanage addendpoint qa -s webapp -p 8081',
        'cmanage addendpoint www -s webapp -p 443 --url www.example.com --certificate /etc/haproxy/www.pem --redirect-from 80',
        'cmanage addendpoint prod -s postgres -p 5432 --mode tcp --balance leastconn',
      ),
    );
  withChange(withEndpointArguments(command)).action(
    async (name: string, _options: unknown, self: Command) => {
      finish(await addEndpoint(name, self.optsWithGlobals()));
    },
  );
}

async function addEndpoint(shortName: string, typed: Options): Promise<number> {
  const [{ change }, { makeEndpoint }, { requireService }, { endpointOptions }] = await Promise.all([
    import('../change.ts'),
    import('../../actions/makeEndpoint.ts'),
    import('../session.ts'),
    import('../../model/traffic.ts'),
  ]);
  const { service, port } = typed;
  const { address = null, url = null, options: given } = changeTyped(typed);
  return change(typed, {
    question: (state) => {
      requireService(state, service);
      return null;
    },
    process: (state, { rules }) => {
      const stage = typed.stage ?? stageOf(shortName, typed.stackpointer, rules.stages);
      const pointer = typed.stackpointer ?? Math.max(0, rules.stages.indexOf(stage));
      const mode = state.services.find((row) => row.name === service)?.traffic.mode ?? 'http';
      const options = endpointOptions({ mode, ...given });
      return makeEndpoint(state, { shortName, service, stage, pointer, port, address, url, options });
    },
  });
}

/** An endpoint called after a stage is at it; another is at the stage of its pointer, and that is production's by default. */
function stageOf(name: string, pointer: number | undefined, stages: readonly string[]): string {
  if (stages.includes(name)) return name;
  return stages[pointer ?? 0] ?? stages.at(-1) ?? name;
}
