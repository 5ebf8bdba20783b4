import { writeFileSync } from 'node:fs';
import { projectRoot } from '../../../lab/project.ts';
import { referencePages } from './pages.ts';

/** npm run docs: writes the pages of the reference that are made from the program. */
for (const [path, text] of Object.entries(referencePages(projectRoot()))) {
  writeFileSync(`${projectRoot()}/${path}`, text);
  console.log(path);
}
