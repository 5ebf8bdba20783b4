import { readdirSync } from 'node:fs';
import { projectRoot } from '../../lab/project.ts';

/** Every page that is written for people who use or change cmanage, by its path in the project. */
export const documentation: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'lab/README.md',
  ...readdirSync(`${projectRoot()}/docs`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];
