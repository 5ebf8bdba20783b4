// Bundles the product and the developers' tools with esbuild (under a second; types are checked by `npm run typecheck`).
// Bundling is what keeps start-up short: TypeORM read file by file takes 180 ms to load, in one file 75 ms.
import { build } from 'esbuild';
import { rmSync } from 'node:fs';

// Database drivers and cloud clients which TypeORM and dockerode name but cmanage never loads, and native code.
const external = [
  'sqlite3',
  'pg',
  'pg-native',
  'pg-query-stream',
  'better-sqlite3',
  'sql.js',
  'expo-sqlite',
  'react-native-sqlite-storage',
  'mysql',
  'mysql2',
  'mssql',
  'oracledb',
  'mongodb',
  'redis',
  'ioredis',
  'hdb-pool',
  '@sap/*',
  '@google-cloud/spanner',
  'typeorm-aurora-data-api-driver',
  'cpu-features',
  '*.node',
];

// The bundled CommonJS packages still expect `require`, `__filename` and `__dirname`.
const banner = [
  `import { createRequire as createRequireOfBundle } from 'node:module';`,
  `const require = createRequireOfBundle(import.meta.url);`,
  `const __filename = import.meta.filename, __dirname = import.meta.dirname;`,
].join(' ');

const common = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  splitting: true,
  external,
  banner: { js: banner },
  logLevel: 'error',
  sourcemap: 'linked',
  sourcesContent: false,
  keepNames: true,
};

const targets = [
  { entryPoints: ['src/cli/main.ts'], outdir: 'dist/cmanage' },
  { entryPoints: ['lab/main.ts'], outdir: 'dist/lab' },
  { entryPoints: ['bench/main.ts'], outdir: 'dist/bench' },
];

const { existsSync } = await import('node:fs');
for (const target of targets) {
  if (!existsSync(target.entryPoints[0])) continue;
  rmSync(target.outdir, { recursive: true, force: true });
  await build({ ...common, ...target });
}
if (!process.argv.includes('--quiet')) console.log('built dist/');
