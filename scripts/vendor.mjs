// The large packages are bundled each into a script of its own, with V8's compiled code beside it: reading that is three
// times as fast as compiling (TypeORM 46 -> 21 ms, zod 26 -> 9, dockerode 28 -> 12, execa 13 -> 7). Another version of
// Node refuses the compiled code by itself, and compiles the script as usual.
import { build } from 'esbuild';
import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import vm from 'node:vm';
import { replace } from './replace.mjs';

/** The packages, and what of them is used: what is not named here is left out where the package allows it. */
const vendors = {
  typeorm: `module.exports = require('typeorm')`,
  dockerode: `module.exports = require('dockerode')`,
  zod: `export { z } from 'zod'`,
  yaml: `export * from 'yaml'`,
  execa: `export { execa } from 'execa'`,
};

/** Packages that dockerode loads at once for things cmanage never does: BuildKit sessions, its own ssh, build contexts. */
const unused = /^(@grpc\/grpc-js|@grpc\/proto-loader|protobufjs|ssh2|tar-fs|@balena\/dockerignore)$/;

const withoutUnused = {
  name: 'without-unused',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: unused }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {}' }));
    onResolve({ filter: /locales\/index\.js$/ }, ({ path, importer }) =>
      importer.includes('/zod/') ? { path, namespace: 'no-locales' } : null,
    );
    onLoad({ filter: /.*/, namespace: 'no-locales' }, () => ({ contents: 'export {}' }));
  },
};

/** Makes the vendors' scripts and their compiled code in a folder. Gives esbuild's account of what is in them. */
export async function buildVendors(folder, common) {
  mkdirSync(folder, { recursive: true });
  const metafiles = [];
  for (const [name, contents] of Object.entries(vendors)) {
    const outfile = resolve(folder, `${name}.cjs`);
    const stdin = { contents, resolveDir: process.cwd() };
    const { outputFiles, metafile } = await build({
      ...common,
      banner: {},
      splitting: false,
      sourcemap: false,
      format: 'cjs',
      stdin,
      outfile,
      plugins: [withoutUnused],
      write: false,
      metafile: true,
    });
    metafiles.push(metafile);
    const text = `(function (exports, require, module, __filename, __dirname) {${outputFiles[0].text}\n})`;
    const changed = replace(outfile, Buffer.from(text, 'latin1'));
    if (!changed && existsSync(`${outfile}.code`)) continue;
    const script = new vm.Script(text, { filename: outfile });
    const module = { exports: {} };
    script.runInThisContext()(module.exports, createRequire(outfile), module, outfile, resolve(folder));
    replace(`${outfile}.code`, script.createCachedData());
  }
  replace(join(folder, 'load.cjs'), Buffer.from(loader));
  return metafiles;
}

/** What the product's bundle calls for each of these packages, when it is first imported. */
const loader = `const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');
module.exports = (name) => {
  const filename = join(__dirname, name + '.cjs');
  let cachedData;
  try { cachedData = readFileSync(filename + '.code'); } catch {}
  const script = new Script(readFileSync(filename, 'latin1'), { filename, cachedData });
  const module = { exports: {} };
  script.runInThisContext()(module.exports, require, module, filename, __dirname);
  return module.exports;
};
`;

/** Has the product's bundle take those packages from their scripts, when they are first imported. */
export const fromVendors = {
  name: 'from-vendors',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${Object.keys(vendors).join('|')})$`);
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'vendor' }));
    onLoad({ filter: /.*/, namespace: 'vendor' }, ({ path }) => ({
      contents: `module.exports = require('./vendor/load.cjs')('${path}')`,
    }));
    onResolve({ filter: /^\.\/vendor\/load\.cjs$/ }, ({ path }) => ({ path, external: true }));
  },
};
