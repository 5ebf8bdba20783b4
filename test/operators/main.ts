import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { linesOf, runOperators } from './run.ts';

// Many operators at once, checked against a serial model: npm run test:operators -- --commands 1000
const { values } = parseArgs({
  options: {
    operators: { type: 'string', default: '16' },
    commands: { type: 'string', default: '25' },
    seed: { type: 'string', default: '1' },
  },
});
const size = {
  operators: Number(values.operators),
  commands: Number(values.commands),
  seed: Number(values.seed),
};
const directory = mkdtempSync(join(tmpdir(), 'cmanage-operators-'));
try {
  const report = await runOperators(directory, join(import.meta.dirname, 'worker.js'), size);
  for (const line of linesOf(report, size)) console.log(line);
  process.exitCode = report.complaints.length === 0 && report.done > 0 ? 0 : 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
