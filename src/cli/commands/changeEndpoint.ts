import type { Command } from 'commander';
import { UserError } from '../../model/errors.ts';
import { parseEndpointNames, parsePort } from '../arguments.ts';
import {
  changeTyped,
  withEndpointArguments,
  withoutEndpointArguments,
  type EndpointArguments,
} from '../endpointArguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

type Options = ChangeOptions & EndpointArguments & { port?: number };

export function declareChangeEndpoint(program: Command, finish: Finish): void {
  const command = program
    .command('changeendpoint')
    .description('change how endpoints are reached; those that share a port at once')
    .argument('<endpoints...>', 'full names, such as webapp-endpoint-prod', parseEndpointNames)
    .option('-p, --port <port>', 'public port on the load balancer', parsePort)
    .addHelpText(
      'after',
      example(
        'cmanage changeendpoint webapp-endpoint-prod --balance leastconn --timeout-server 120',
        'cmanage changeendpoint webapp-endpoint-prod -p 443 --certificate /etc/haproxy/www.pem --redirect-from 80',
        'cmanage changeendpoint webapp-endpoint-www webapp-endpoint-api --timeout-client 90',
        'cmanage changeendpoint webapp-endpoint-prod --no-sticky',
      ),
    );
  withChange(withoutEndpointArguments(withEndpointArguments(command))).action(
    async (names: string[], _options: unknown, self: Command) => {
      const { changeEndpoints } = await import('../../actions/changeEndpoint.ts');
      const { change } = await import('../change.ts');
      const options: Options = self.optsWithGlobals();
      const { options: given, ...place } = changeTyped(options);
      if (Object.keys({ ...given, ...place }).length === 0)
        throw new UserError('say what to change, such as --balance leastconn: see --help');
      const what = { ...place, options: given };
      finish(await change(options, { process: (state) => changeEndpoints(state, names, what) }));
    },
  );
}
