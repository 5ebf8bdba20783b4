import type { Command } from 'commander';
import { exitMeanings } from './exit.ts';
import { manPage, type ManSection } from './manPage.ts';
import { version } from './version.ts';

/** What is in the manual beside the commands. */
const sections: readonly ManSection[] = [
  { title: 'EXIT STATUS', terms: exitMeanings.map((meaning, code) => [String(code), meaning]) },
  {
    title: 'FILES',
    terms: [
      [
        './etc, /etc/cmanage',
        'where the configuration is looked for, unless --etc or CMANAGE_ETC says where',
      ],
      ['cmanage.yml', 'the name of the environment, where the state database is, and how watch repairs'],
      ['hosts.yml', 'the Docker hosts, the load balancers and the registries'],
      ['rules.yml', 'the rules of the house; what it leaves out has its default'],
      ['~/.cache/cmanage', 'the tags of images, as registries listed them last; may be removed at any time'],
    ],
  },
  {
    title: 'ENVIRONMENT',
    terms: [
      ['CMANAGE_ETC', 'the configuration directory'],
      ['NO_COLOR', 'no colours, where it is set and not empty'],
      ['DOCKER_CONFIG', "where the Docker client's config.json is, for the credentials of registries"],
      ['XDG_CACHE_HOME', 'where the tags of images are kept, in the directory cmanage'],
    ],
  },
  {
    title: 'SEE ALSO',
    terms: [['docker(1), haproxy(1)', 'The documents in docs/ of the package tell more.']],
  },
];

/** The manual page of all commands. */
export function manual(program: Command): string {
  return manPage(program, version(), sections);
}
