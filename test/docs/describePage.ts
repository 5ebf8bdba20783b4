import { beforeAll, it } from '@jest/globals';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Lab } from '../../lab/lab.ts';
import { projectRoot } from '../../lab/project.ts';
import { labVariables } from '../../lab/text.ts';
import { describeLab, type Needs } from '../support/describeLab.ts';
import { recorded } from './record.ts';
import { printedAsShown, samplesOf, type Sample } from './samples.ts';
import { runSession, type Outcome } from './session.ts';

/** A page has dozens of commands on real engines, and the machine may be busy. */
const longestPage = 900_000;

const isRecording = Boolean(process.env.DOCS_RECORD);

/**
 * Runs the commands of a page from top to bottom on a lab of its own: each ends as the page says and prints what it
 * shows. With DOCS_RECORD=1 the page is given what was printed where it shows anything else.
 */
export function describePage(page: string, needs: Needs = {}): void {
  const file = join(projectRoot(), page);
  const text = readFileSync(file, 'utf8');
  const samples = samplesOf(text);
  describeSamples(page, samples, needs, (outcomes) => {
    if (!isRecording) return;
    const runs = samples.map((sample, index) => ({ ...sample, printed: outcomes[index]?.printed ?? null }));
    writeFileSync(file, recorded(text, runs));
  });
}

/** Runs commands in one shell on a lab of their own; each ends and prints as it should. */
export function describeSamples(
  name: string,
  samples: readonly Sample[],
  needs: Needs = {},
  whenRun: (outcomes: readonly Outcome[]) => void = () => undefined,
): void {
  describeLab(
    name,
    (lab) => {
      let outcomes: readonly Outcome[] = [];
      beforeAll(async () => {
        const words = samples
          .map(({ command, expected }) => [command, ...(expected ?? [])].join('\n'))
          .join('\n');
        const used = places(lab).filter(([place]) => words.includes(place));
        const cwd = join(lab.dir, 'page');
        mkdirSync(cwd);
        const where = { cwd, env: environmentOf(lab), timeout: longestPage - 10_000 };
        const ran = await runSession(spoken(samples, used), where);
        outcomes = ran.map(({ exitCode, printed }) => ({ exitCode, printed: written(printed, used, lab) }));
        whenRun(outcomes);
      }, longestPage);

      it.each(samples.map((sample, index) => ({ ...sample, index, page: sample.page ?? '' })))(
        '$page $line: $command',
        ({ index, expected }) => {
          const outcome = outcomes[index];
          if (!outcome) throw new Error('it was not run, because one before it did not end well');
          const { exitCode, printed } = outcome;
          const mayFail = samples[index + 1]?.command === 'echo $?';
          if (exitCode !== 0 && !mayFail) throw new Error(`exit code ${exitCode}:\n${printed}`);
          if (!isRecording && expected !== null && !printedAsShown(expected, printed)) {
            throw new Error(`the page shows:\n${expected.join('\n')}\nit prints:\n${printed}`);
          }
        },
      );
    },
    needs,
  );
}

/** Names that pages use where the reader has a machine of their own, and what the lab has in their place. */
const places = (lab: Lab): Place[] => [
  ['registry.example.net', lab.registry.address],
  ['192.0.2.10', lab.loadbalancer.address],
  ...lab.hosts.map(({ address }, index): Place => [`192.0.2.${11 + index}`, address]),
];
type Place = readonly [name: string, place: string];

function spoken<T extends { readonly command: string }>(samples: readonly T[], used: readonly Place[]): T[] {
  return samples.map((sample) => ({
    ...sample,
    command: used.reduce((text, [name, place]) => text.replaceAll(name, place), sample.command),
  }));
}

/** What was printed, as pages write it: with their own names, and else with the first lab's addresses. */
function written(printed: string, used: readonly Place[], lab: Lab): string {
  return used
    .reduce((text, [name, place]) => text.replaceAll(place, name), printed)
    .replaceAll(lab.dir, '/tmp/cmanage-lab')
    .replaceAll(`10.77.${lab.number}.`, '10.77.0.');
}

/** What a shell has after `eval "$(npm run -s lab -- env)"`, with `cmanage` to be found and $CLONE as the clone. */
function environmentOf(lab: Lab): Record<string, string> {
  const path = [join(projectRoot(), 'bin'), dirname(process.execPath), process.env.PATH ?? ''].join(':');
  return {
    ...{ PATH: path, HOME: lab.dir, LANG: 'C.UTF-8', USER: 'root' },
    ...labVariables(lab),
    CLONE: projectRoot(),
  };
}
