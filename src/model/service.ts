import { defaultRolling } from './rolling.ts';
import type { Service } from './state.ts';
import { defaultServiceTraffic } from './traffic.ts';

type Since = 'traffic' | 'rolling' | 'retention';

/** A service as an earlier cmanage may have recorded it, with what has been added since at its default. */
export function completeService(row: Omit<Service, Since> & Partial<Pick<Service, Since>>): Service {
  return {
    ...{ retention: null },
    ...row,
    traffic: { ...defaultServiceTraffic, ...row.traffic },
    rolling: { ...defaultRolling, ...row.rolling },
  };
}
