// Writes docs/schemas: what each `cmanage show … -o json` answers, from the one source in src/config/showSchemas.ts.
// A test compares the files with it.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const kinds = [
  ...['services', 'stacks', 'containers', 'endpoints', 'trees', 'hosts', 'loadbalancers'],
  ...['externals', 'links', 'releases', 'operations', 'locks', 'state'],
];
mkdirSync('docs/schemas', { recursive: true });
for (const [name, ...args] of [...kinds.map((kind) => [kind, kind]), ['operation', 'operation', '1']]) {
  const text = execFileSync('bin/cmanage', ['show', ...args, '-o', 'schema']);
  writeFileSync(`docs/schemas/${name}.json`, text);
}
