import type { Retention } from '../model/retention.ts';
import { defaultRolling, type Rolling } from '../model/rolling.ts';
import type { ServiceSettings } from '../model/settings.ts';
import { defaultServiceTraffic, type ServiceTraffic } from '../model/traffic.ts';
import type { PullPolicy, State } from '../model/state.ts';
import { externalNamed, serviceNamed } from '../model/lookup.ts';
import { proposed, refusal, refused, type Outcome } from '../model/violation.ts';

export type CreateService = {
  readonly name: string;
  readonly image: string;
  readonly pull: PullPolicy;
  readonly settings: ServiceSettings;
  /** Default: called by HTTP, and calling nobody. */
  readonly traffic?: ServiceTraffic;
  /** Default: what is popped is removed. */
  readonly retention?: Retention | null;
  /** Default: all containers come up at once, and a failure undoes everything. */
  readonly rolling?: Rolling;
};

/** Adds a service without stacks. Whether its name and image are well formed is for the constraints to judge. */
export function createService(state: State, service: CreateService): Outcome {
  if (serviceNamed(state, service.name)) {
    return refused(
      refusal(
        'names',
        service.name,
        'there is a service of this name already',
        `choose another name, or 'cmanage release ${service.name} -v VERSION'`,
      ),
    );
  }
  if (externalNamed(state, service.name)) {
    const fact = 'there is an external service of this name already';
    return refused(refusal('names', service.name, fact, 'choose another name'));
  }
  const defaults = { traffic: defaultServiceTraffic, rolling: defaultRolling, retention: null };
  const row = { ...defaults, ...service, nextStack: 1 };
  return proposed({ ...state, services: [...state.services, row] });
}
