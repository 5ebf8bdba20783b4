// The licences of the packages in the product's bundles: whoever passes a bundle on passes these on, and each asks for its text.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Packages that come without the text. TypeORM's repository has it; split-ca has none anywhere, and declares the licence alone. */
const missingTexts = { typeorm: 'typeorm.txt', 'split-ca': 'split-ca.txt' };

/** The directories of the packages that are in what esbuild made, by its metafiles. What it left out of its output is not. */
export function packagesIn(metafiles) {
  const outputs = metafiles.flatMap(({ outputs }) => Object.values(outputs));
  const inputs = outputs.flatMap(({ inputs }) => Object.entries(inputs));
  const used = inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path);
  const directories = used.flatMap(
    (path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path) ?? [],
  );
  return [...new Set(directories)];
}

/** Name, version, licence and its text of each package. Throws where one does not say its licence, or comes without the text. */
export function licensesText(directories) {
  const sections = directories.map(sectionOf).sort();
  const head = 'The packages in the bundles of cmanage, each with its licence.\n';
  return [head, ...new Set(sections)].join(`\n${'='.repeat(100)}\n`);
}

function sectionOf(directory) {
  const { name, version, license } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
  if (typeof license !== 'string')
    throw new Error(`${name} ${version} does not say its licence: ${directory}`);
  const texts = readdirSync(directory)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .map((file) => join(directory, file));
  const own = missingTexts[name];
  if (texts.length === 0 && own !== undefined) texts.push(inScripts(own));
  if (texts.length === 0) {
    throw new Error(
      `${name} ${version} (${license}) comes without the text of its licence: put it into scripts/licenses`,
    );
  }
  const text = texts.map((path) => readFileSync(path, 'utf8').trim()).join('\n\n');
  return `${name} ${version} (${license})\n\n${text.replaceAll('\r', '')}\n`;
}

function inScripts(file) {
  return fileURLToPath(new URL(`licenses/${file}`, import.meta.url));
}
