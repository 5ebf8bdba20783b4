import type { Command } from 'commander';
import { parseName } from '../arguments.ts';
import { example, withChange, type ChangeOptions } from '../options.ts';
import type { Finish } from '../program.ts';

export function declareDeploy(program: Command, finish: Finish): void {
  const group = program
    .command('deploy')
    .description('bring what the state says onto the hosts')
    .addHelpText('after', example('cmanage deploy containers --dry-run'));
  const containers = group
    .command('containers')
    .description('create and start every container of the state that does not run on its host')
    .argument('[service]', 'only those of this service', parseName)
    .option('--all', 'of all services, which is the default')
    .addHelpText('after', example('cmanage deploy containers --dry-run', 'cmanage deploy containers webapp'));
  withChange(containers).action(async (service: string | undefined, _options: unknown, self: Command) => {
    finish(await deployContainers(service, self.optsWithGlobals()));
  });
}

/** The same differ as for every change: from what the hosts were seen to run, to what the state says. */
async function deployContainers(service: string | undefined, options: ChangeOptions): Promise<number> {
  const [
    { inSession, requireService, secure },
    { readCertificates, readLiveConfigs },
    { isWalked, showOrApply },
    { observeState },
    { extentOfDeployment },
  ] = await Promise.all([
    import('../session.ts'),
    import('../balancerFiles.ts'),
    import('../change.ts'),
    import('../observe.ts'),
    import('../../plan/beside.ts'),
  ]);
  return inSession(options, { write: isWalked(options) }, async (session) => {
    const { state, config } = session;
    if (service !== undefined) requireService(state, service);
    const balancers = config.environment.loadBalancers.map(({ name }) => name);
    await secure(session, extentOfDeployment(state, service ?? null, balancers).locks);
    const live = readLiveConfigs(session.config);
    // Its failure counts when the answer is needed, and not before.
    live.catch(() => undefined);
    const before = await observeState(session, service ?? null);
    const fingerprints = await readCertificates(session.config, state);
    const deployment = { service: service ?? null };
    return showOrApply(session, options, {
      ...{ before, next: state, violations: [], live: await live, fingerprints, images: [], deployment },
    });
  });
}
