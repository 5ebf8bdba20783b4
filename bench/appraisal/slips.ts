import type { Lab } from '../../lab/lab.ts';
import { doneUnderLoad, leftBy, wanted } from './measure.ts';
import type { Way } from './tasks.ts';

/** What becomes of it that one command of a release is left out. */
export type Slip = {
  readonly leftOut: string;
  /** Whether a command that follows failed, or refused. */
  readonly isSaid: boolean;
  /** Whether all is served as wanted, by as many containers as wanted, and no request was lost. */
  readonly isHarmless: boolean;
  readonly left: string;
};

/** Releases and promotes once for each command, without that command. `onFreshLab` gives a lab that is set up. */
export async function slipsOf(
  way: Way,
  onFreshLab: <T>(work: (lab: Lab) => Promise<T>) => Promise<T>,
): Promise<Slip[]> {
  const session = way.sessions['release and promote'];
  const slips: Slip[] = [];
  for (const { command } of session) {
    const rest = session.filter((sample) => sample.command !== command);
    slips.push(
      await onFreshLab(async (lab) => {
        await doneUnderLoad(lab, way, way.sessions['set up'], false);
        const { said, requests } = await doneUnderLoad(lab, way, rest);
        const left = await leftBy(lab);
        const isWanted = JSON.stringify(left) === JSON.stringify(wanted['release and promote']);
        return {
          leftOut: command,
          isSaid: said !== null,
          isHarmless: isWanted && requests.failed === 0,
          left: `${left.serves.join(', ')}; ${left.containers.join(' and ')} containers; ${requests.failed} of ${requests.answered + requests.failed} requests lost`,
        };
      }),
    );
  }
  return slips;
}
