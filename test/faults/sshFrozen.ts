import { userInfo } from 'node:os';
import { startCmanageIn } from '../support/cmanage.ts';
import { edit } from '../support/etc.ts';
import { startSshd, type Sshd } from '../support/sshd.ts';
import { hostOf } from '../support/world.ts';
import type { Case, Fault } from './fault.ts';
import { watch } from './overrun.ts';
import type { Place } from './place.ts';
import { complaintsAbout } from './world.ts';

/** A host that is reached by ssh takes the connection and says nothing more. */

/** Seconds for ssh to connect and to forward the socket (src/docker/tunnel.ts), and what a command may take beyond that. */
const [deadline, allowed] = [15, 2];

const commands = ({ web }: Place): readonly (readonly string[])[] => [
  ['release', web, '-v', 'v5'],
  ['verify'],
  ['show', 'containers', '--live'],
];

async function measure(
  place: Place,
  sshd: Sshd,
  args: readonly string[],
): Promise<{ exitCode: number; seconds: number }> {
  const running = startCmanageIn({ etc: place.lab.etc, env: { PATH: sshd.path } }, ...args);
  const { timing } = watch(running);
  const { exitCode } = await running;
  return { exitCode: exitCode ?? -1, seconds: (await timing()).elapsed };
}

async function askFrozen(place: Place, sshd: Sshd): Promise<Case[]> {
  const cases: Case[] = [];
  for (const args of commands(place)) {
    const dry = args[0] === 'release' ? [...args, '--dry-run'] : args;
    const usual = await measure(place, sshd, dry);
    sshd.signal('SIGSTOP');
    const found = await measure(place, sshd, args).finally(() => {
      sshd.signal('SIGCONT');
    });
    const overrun = found.seconds - usual.seconds - deadline;
    const wrong =
      overrun > allowed ? [`it took ${overrun.toFixed(1)} s more than ${deadline} s and what is usual`] : [];
    cases.push({
      what: `${args.join(' ')} and an ssh host that is frozen`,
      outcome: `exit ${found.exitCode} after ${found.seconds.toFixed(1)} s (usually ${usual.seconds.toFixed(1)} s)`,
      complaints: [...wrong, ...(await complaintsAbout(place.lab))],
    });
  }
  return cases;
}

export const frozenSsh: Fault = {
  what: 'a host that is reached by ssh is frozen',
  run: async ([place]) => {
    if (!place) return [];
    const { lab } = place;
    const sshd = await startSshd(lab, 2222);
    sshd.know('the right one');
    const { engine, socket } = hostOf(lab, 1);
    let was = '';
    edit(lab.etc, 'hosts.yml', (text) => {
      was = text;
      const [before = '', after = ''] = text.split(engine);
      const ssh = `ssh://${userInfo().username}@${lab.gateway}:2222${socket}`;
      return `${before}${ssh}${after.replace(/^ {4}tls:.*\n/m, '')}`;
    });
    try {
      return await askFrozen(place, sshd);
    } finally {
      edit(lab.etc, 'hosts.yml', () => was);
      await sshd.stop();
    }
  },
};
