import { existsSync } from 'node:fs';
import type { Config } from '../../config/config.ts';
import { attention, type Checked } from '../../model/checked.ts';
import { doctorText } from '../../report/doctor.ts';
import { renderAs } from '../../report/table.ts';
import { examineBalancers } from './doctorBalancers.ts';
import { examineConfiguration, examineFiles } from './doctorFiles.ts';
import { examineHosts } from './doctorHosts.ts';
import { examineRegistries } from './doctorRegistries.ts';
import { examineState, nothingRecorded } from './doctorState.ts';
import { exitCode } from '../exit.ts';
import type { CommonOptions } from '../options.ts';
import { screen } from '../screen.ts';
import { enginesOf } from '../session.ts';

/** `cmanage doctor`: looks at all that changes rest on, changes nothing, and says what needs attention. */
export async function doctor(options: CommonOptions): Promise<number> {
  const { settings, config, checks } = examineConfiguration(options);
  const found = [...checks];
  if (settings && !existsSync(settings.statePath)) {
    const remedy = "create it by 'cmanage init', when hosts.yml names what there is";
    found.push(attention('state', settings.statePath, 'there is no state database', remedy));
  }
  if (config) found.push(...(await examineRest(config)));
  else if (settings) found.push(...examineFiles(settings, null, null));
  console.log(renderAs(options.output, { checks: found }, () => doctorText(found, screen())));
  return found.some(({ status }) => status === 'attention') ? exitCode.drift : exitCode.done;
}

/**
 * What the configuration leads to. It is looked at without a state database too: before the first change is when hosts, load balancers
 * and registries most need it.
 */
async function examineRest(config: Config): Promise<Checked[]> {
  const { settings, connection } = config;
  const { state, pinned, checks } = existsSync(settings.statePath)
    ? await examineState(settings)
    : nothingRecorded;
  const engines = enginesOf(connection);
  try {
    const outside = await Promise.all([
      examineHosts(connection.engines, engines.engineOf, pinned),
      examineBalancers(config, state),
      examineRegistries(connection.registries),
    ]);
    return [...examineFiles(settings, connection, state), ...checks, ...outside.flat()];
  } finally {
    await engines.close();
  }
}
