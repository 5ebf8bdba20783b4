import { savedPlanFormat, sealPlan, type SavedPlan } from '../../plan/saved.ts';
import type { Preview } from '../../report/preview.ts';
import { readEnvironment } from '../../store/state.ts';
import { complain } from '../complain.ts';
import { printPreview } from '../answers.ts';
import { actor } from '../apply.ts';
import { readLiveConfigs } from '../balancerFiles.ts';
import { exitCode } from '../exit.ts';
import { writeNew } from '../files.ts';
import { hostsOf, look } from './look.ts';
import type { ChangeOptions } from '../options.ts';
import { servicesOf, type Proposal } from '../proposal.ts';
import type { Session } from '../session.ts';

/** Writes a plan with everything it rests on into a new file, and prints its preview. Nothing else is touched. */
export async function savePlan(
  session: Session,
  options: ChangeOptions & { readonly out: string },
  proposal: Proposal,
  preview: Preview,
): Promise<number> {
  const { before, next, images, deployment } = proposal;
  const services = servicesOf(proposal);
  const live = proposal.live ?? (await readLiveConfigs(session.config));
  const hosts = hostsOf(services, before, next);
  const environment = await readEnvironment(session.database.source);
  const { command, violations, stacks, trees, plan } = preview;
  const saved: SavedPlan = {
    ...{ format: savedPlanFormat, environment: environment.id, command, deployment },
    ...{ madeAt: new Date().toISOString(), madeBy: actor(), reason: options.reason ?? null },
    saw: await look(session, { state: deployment ? next : before, services, hosts, live, images }),
    ...{ violations, stacks, trees, plan },
  };
  // A plan has the values given by --env, as the state database does; so it is its owner's alone to read.
  writeNew(options.out, `${JSON.stringify(sealPlan(saved, environment.planKey), null, 2)}\n`);
  printPreview(preview, session.config.environment.rules, options.output);
  complain('info', `saved: ${options.out}; run it by 'cmanage apply ${options.out}'`);
  return exitCode.done;
}
