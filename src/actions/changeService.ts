import { serviceNamed } from '../model/lookup.ts';
import type { Retention } from '../model/retention.ts';
import type { Rolling } from '../model/rolling.ts';
import type { Service, State } from '../model/state.ts';
import type { ServiceTraffic } from '../model/traffic.ts';
import { proposed, type Outcome } from '../model/violation.ts';
import { noSuchService } from './missing.ts';

/** What changes of a service; whatever is left out stays. Nothing of it touches a container that runs. */
export type ServiceChange = {
  readonly rolling: Partial<Rolling>;
  readonly traffic: Partial<Pick<ServiceTraffic, 'drainLimit'>>;
  /** What is retained already and no longer fits goes with the next pop or prune. */
  readonly retention?: Retention | null;
};

/** Changes how a service's containers come and go from now on. */
export function changeService(
  state: State,
  name: string,
  { rolling, traffic, retention }: ServiceChange,
): Outcome {
  if (!serviceNamed(state, name)) return noSuchService(state, name);
  const changed = (row: Service): Service => ({
    ...row,
    traffic: { ...row.traffic, ...traffic },
    rolling: { ...row.rolling, ...rolling },
    ...(retention === undefined ? {} : { retention }),
  });
  return proposed({
    ...state,
    services: state.services.map((row) => (row.name === name ? changed(row) : row)),
  });
}
