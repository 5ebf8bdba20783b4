import { beforeAll, expect, it } from '@jest/globals';
import { pushImage } from '../../lab/images.ts';
import { succeed, succeedJson } from '../support/cmanage.ts';
import { rowsOf } from '../support/database.ts';
import { describeLab } from '../support/describeLab.ts';
import { edit } from '../support/etc.ts';
import { expectFailure } from '../support/expectFailure.ts';
import { databaseOf, whatRuns } from '../support/world.ts';

/** Tags of a team that names its images after commits, with the times they were built at; and of others. */
const builds: Readonly<Record<string, string>> = {
  '9f3c1ab': '2024-01-10T08:00:00Z',
  '1b2c3d4': '2024-01-11T08:00:00Z',
  '0a0b0c0': '2024-01-12T08:00:00.5Z',
  e5e5e5e: '2024-01-09T08:00:00Z',
  d00d00d: '2024-01-13T09:00:00+01:00',
  c0ffee0: '2024-01-13T08:00:00Z',
};
const nightly = [
  'build-2024-01-09.9',
  'build-2024-01-09.10',
  'build-2024-02-01.1',
  'build-2024-01-31.7',
  'v1.0',
];

/** One rules.yml for services that order their versions differently; the rest of the house goes by semver. */
const overrides = `overrides:
  - services: hash*
    reason: its tags are commits
    rules: { stack-versions: { by: created } }
  - services: nightly
    reason: its tags are dates
    rules: { stack-versions: { by: date, date: build-YYYY-MM-DD.N } }
`;

describeLab(
  'the order of versions, as each service has it',
  (lab) => {
    const image = (name: string): string => `${lab.registry.address}/lab/${name}`;
    const add = (name: string, repository: string, ...versions: string[]): string[] => [
      ...['addservice', name, '-i', image(repository), '-s', '1', '-v', ...versions],
    ];
    const push = (repository: string, tag: string, created?: string): Promise<string> =>
      pushImage(lab.registry.address, `lab/${repository}`, tag, {
        kind: 'tiny',
        ...(created === undefined ? {} : { created }),
      });
    /** The versions of a service from position 0 up, of what runs and of what is recorded. */
    const stackOf = async (service: string): Promise<string[]> => {
      const query = `SELECT name, version FROM container WHERE stack = ? ORDER BY position`;
      const rows = await rowsOf<{ name: string; version: string }>(
        databaseOf(lab),
        query,
        `${service}-stack1`,
      );
      const running = (await whatRuns(lab)).map((line) => line.split(' ').slice(1).join(' '));
      for (const { name, version } of rows) expect(running).toContain(`${name} running ${version}`);
      return rows.map(({ version }) => version);
    };

    beforeAll(async () => {
      await succeed(lab, 'init');
      // One after the other, as the registry wants it for one repository.
      for (const [tag, created] of Object.entries(builds)) await push('hashes', tag, created);
      for (const tag of nightly) await push('nightly', tag);
      edit(lab.etc, 'rules.yml', (text) => `${text.slice(0, text.indexOf('overrides:'))}${overrides}`);
    });

    it('by creation time: commits stand in the order in which their images were made', async () => {
      await succeed(lab, ...add('hashes', 'hashes', '9f3c1ab', '1b2c3d4', '0a0b0c0'));
      expect(await stackOf('hashes')).toEqual(['9f3c1ab', '1b2c3d4', '0a0b0c0']);
      const query = `SELECT created FROM container WHERE stack = 'hashes-stack1' ORDER BY position`;
      expect(await rowsOf(databaseOf(lab), query)).toEqual([
        { created: '2024-01-10T08:00:00.000Z' },
        { created: '2024-01-11T08:00:00.000Z' },
        { created: '2024-01-12T08:00:00.500Z' },
      ]);
    });

    it('an image that was made earlier is refused, and the same one again is not', async () => {
      await expectFailure(lab, ['release', 'hashes', '-v', 'e5e5e5e'], {
        exitCode: 3,
        says: [/stack-versions: hashes-stack1-app4: e5e5e5e cannot stand on 0a0b0c0 .* later/],
      });
      await succeed(lab, 'release', 'hashes', '-v', '0a0b0c0', 'c0ffee0');
      expect((await stackOf('hashes')).slice(-2)).toEqual(['0a0b0c0', 'c0ffee0']);
    });

    it('two images of the same time cannot be told apart, whatever their time zones', async () => {
      await expectFailure(lab, ['release', 'hashes', '-v', 'd00d00d'], {
        exitCode: 3,
        says: [/stack-versions: hashes-stack1-app6: d00d00d cannot stand on c0ffee0 .*made at the same time/],
      });
    });

    it('by date: the pattern says what in a tag is the year, the month, the day and a counter', async () => {
      await succeed(lab, ...add('nightly', 'nightly', ...nightly.slice(0, 3)));
      expect(await stackOf('nightly')).toEqual(nightly.slice(0, 3));
      await expectFailure(lab, ['release', 'nightly', '-v', 'build-2024-01-31.7'], {
        exitCode: 3,
        says: [/build-2024-01-31\.7 cannot stand on build-2024-02-01\.1 .* later/],
      });
      await expectFailure(lab, ['release', 'nightly', '-v', 'v1.0'], {
        exitCode: 3,
        says: [/v1\.0 is no date like build-YYYY-MM-DD\.N/, /tags that match its date pattern/],
      });
    });

    it('upstream lists its tags in that order, what is no date first, and then the earliest', async () => {
      const { tags } = await succeedJson<{ tags: { tag: string; newer: boolean | null }[] }>(
        lab,
        'upstream',
        'nightly',
      );
      const [ninth, tenth, february, january, odd] = nightly;
      expect(tags.map(({ tag }) => tag)).toEqual([odd, ninth, tenth, january, february]);
      expect(tags.filter(({ newer }) => newer)).toEqual([]);
    });

    it('by semver, as every other service: a commit has no place', async () => {
      await expectFailure(lab, add('plain', 'hashes', '9f3c1ab', '1b2c3d4'), {
        exitCode: 3,
        says: [/stack-versions: plain-stack1-app2: .*9f3c1ab has no order/, /1b2c3d4/, /by or unordered/],
      });
      await succeed(lab, ...add('plain', 'tiny', 'v1', 'v2'));
      expect(await stackOf('plain')).toEqual(['v1', 'v2', 'v2']);
    });

    it('a stack from before the rule, whose images were never asked for their times, is mixed, and refused', async () => {
      const ordered = (parameters: string): void => {
        const entry = `overrides:\n  - { services: plain, reason: a test, rules: { stack-versions: { ${parameters} } } }\n`;
        edit(lab.etc, 'rules.yml', (text) => `${text.slice(0, text.indexOf('overrides:'))}${entry}`);
      };
      ordered('by: created');
      await expectFailure(lab, ['release', 'plain', '-v', 'v3'], {
        exitCode: 3,
        says: [
          /stack-versions: plain-stack1-app4: v3 cannot stand .*: it is not known when the image of v2 was made/,
        ],
      });
      // What the message proposes: the rules put up with what has no order.
      ordered('by: created, unordered: warn');
      const { stdout } = await succeed(lab, 'release', 'plain', '-v', 'v3');
      expect(stdout).toMatch(/warning.*stack-versions: plain-stack1-app4/);
      expect(await stackOf('plain')).toEqual(['v1', 'v2', 'v2', 'v3']);
    });

    it('the same version again needs no time to be told from itself', async () => {
      await succeed(lab, ...add('same', 'tiny', 'v1'));
      edit(lab.etc, 'rules.yml', (text) => text.replace('services: plain', 'services: same'));
      const { stdout } = await succeed(lab, 'check', 'same');
      expect(stdout).not.toContain('stack-versions');
    });
  },
  { hosts: 1 },
);
