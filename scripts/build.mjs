// Bundles the product and the developers' tools with esbuild (under a second; types are checked by `npm run typecheck`).
// Bundling is what keeps start-up short: TypeORM read file by file takes 180 ms to load, in one file 75 ms, with its
// compiled code beside it (vendor.mjs) 20 ms.
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'esbuild';
import { licensesText, packagesIn } from './licenses.mjs';
import { replace } from './replace.mjs';
import { buildVendors, fromVendors } from './vendor.mjs';

// Database drivers which TypeORM names but cmanage never loads, and native code.
const external = [
  ...['sqlite3', 'pg', 'pg-native', 'pg-query-stream', 'better-sqlite3', 'sql.js', 'expo-sqlite'],
  ...[
    'react-native-sqlite-storage',
    'mysql',
    'mysql2',
    'mssql',
    'oracledb',
    'mongodb',
    'redis',
    'ioredis',
    'hdb-pool',
  ],
  ...['@sap/*', '@google-cloud/spanner', 'typeorm-aurora-data-api-driver', 'cpu-features', '*.node'],
];

// The bundled CommonJS packages still expect `require`, `__filename` and `__dirname`.
const banner = [
  `import { createRequire as createRequireOfBundle } from 'node:module';`,
  `const require = createRequireOfBundle(import.meta.url);`,
  `const __filename = import.meta.filename, __dirname = import.meta.dirname;`,
].join(' ');

const common = {
  ...{
    bundle: true,
    platform: 'node',
    target: 'node20.19',
    format: 'esm',
    splitting: true,
    external,
    logLevel: 'error',
  },
  ...{ banner: { js: banner }, sourcemap: 'linked', sourcesContent: false, legalComments: 'none' },
  // Names stay as they are, so that a stack trace in a bug report can be read.
  ...{ minifyWhitespace: true, minifySyntax: true, charset: 'ascii' },
};

const targets = [
  { entryPoints: ['src/cli/main.ts'], outdir: 'dist/cmanage', plugins: [fromVendors], metafile: true },
  { entryPoints: ['lab/main.ts'], outdir: 'dist/lab' },
  {
    entryPoints: ['main', 'scale/main', 'traffic/main', 'appraisal/main', 'reports/main', 'looks/main'].map(
      (name) => `bench/${name}.ts`,
    ),
    outdir: 'dist/bench',
  },
  { entryPoints: ['test/prove/main.ts'], outdir: 'dist/prove' },
  { entryPoints: ['test/traffic/main.ts', 'test/traffic/generator/main.ts'], outdir: 'dist/traffic' },
  { entryPoints: ['test/faults/main.ts', 'test/faults/guardsMain.ts'], outdir: 'dist/faults' },
  { entryPoints: ['test/operators/main.ts', 'test/operators/worker.ts'], outdir: 'dist/operators' },
  {
    ...{ entryPoints: ['test/simulation/main.ts'], outdir: 'dist/simulation' },
    // Where the product runs a program, the simulation runs its own understanding of it.
    alias: { execa: resolve('test/simulation/shell.ts') },
  },
  { entryPoints: ['test/docs/reference/main.ts'], outdir: 'dist/reference' },
  { entryPoints: ['test/simulation/spoil.ts'], outdir: 'dist/spoiled' },
  {
    ...{ entryPoints: ['test/hostile/main.ts'], outdir: 'dist/hostile' },
    alias: { execa: resolve('test/simulation/shell.ts') },
  },
];

const quiet = process.argv.includes('--quiet');
/** Only this directory, where one is named. */
const only = process.argv[process.argv.indexOf('--only') + 1];
for (const target of targets) {
  if (process.argv.includes('--only') && target.outdir !== only) continue;
  if (!existsSync(target.entryPoints[0])) continue;
  // A quiet build happens before other commands, while an older one may still be running: its files stay.
  if (!quiet) rmSync(target.outdir, { recursive: true, force: true });
  const { outputFiles, metafile } = await build({ ...common, ...target, write: false });
  for (const { path, contents } of outputFiles) replace(path, contents);
  if (!target.plugins) continue;
  const metafiles = [metafile, ...(await buildVendors(`${target.outdir}/vendor`, common))];
  writeLicenses(target.outdir, metafiles);
  if (!quiet) writeManual(target.outdir);
}
if (!quiet) console.log('built dist/');

/** What the bundles are made of goes beside them, and is no part of the package: a test compares it with the licences, which are. */
function writeLicenses(outdir, metafiles) {
  replace(`${outdir}.metafiles.json`, Buffer.from(JSON.stringify(metafiles)));
  replace(`${outdir}/THIRD-PARTY-LICENSES.txt`, Buffer.from(licensesText(packagesIn(metafiles))));
}

/** The manual page says what the command line that was just built declares. */
function writeManual(outdir) {
  const page = execFileSync(process.execPath, [`${outdir}/main.js`, 'help', '--man']);
  writeFileSync(`${outdir}/cmanage.1`, page);
}
