import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { projectRoot } from '../../lab/project.ts';
import { writeEnvironment } from '../scale/environment.ts';
import { generate } from '../scale/generate.ts';
import { median } from '../statistics.ts';
import { tryPage } from './behaviour.ts';
import { startChromium, type Browser } from './chromium.ts';

/**
 * How long the reports of 10,000 services take to be written, and to open in Chromium: from the beginning of the visit to the first
 * frame after the page's script has run, in milliseconds. Tries the page besides. Needs Debian's package chromium.
 */
const services = Number(process.env.SERVICES ?? 10_000);
const times = 5;
const limit = 2000;

const directory = mkdtempSync(join(tmpdir(), 'cmanage-bench-reports-'));
const browser = startChromium();
try {
  await writeEnvironment(directory, generate(services, 'registry.example/lab/tiny'), 'registry.example');
  const lines: { report: string; 'written in s': number; MiB: number; 'open in ms': number }[] = [];
  for (const kind of ['cmdb', 'releases', 'compliance', 'capacity']) {
    const file = join(directory, `${kind}.html`);
    const begun = performance.now();
    await execa(join(projectRoot(), 'bin/cmanage'), ['report', kind, '-o', 'html', '--out', file], {
      env: { CMANAGE_ETC: directory },
    });
    const written = (performance.now() - begun) / 1000;
    if (kind === 'cmdb') await tryPage(browser, file, services);
    const visits: number[] = [];
    for (let time = 0; time < times; time++) visits.push(await openingTime(browser, file));
    lines.push({
      ...{ report: kind, 'written in s': Number(written.toFixed(1)) },
      ...{ MiB: Math.round(statSync(file).size / 1024 ** 2), 'open in ms': Math.round(median(visits)) },
    });
  }
  console.table(lines);
  const slow = lines.filter((line) => line['open in ms'] > limit);
  if (slow.length > 0) {
    console.error(`over ${limit} ms: ${slow.map(({ report }) => report).join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
  rmSync(directory, { recursive: true, force: true });
}

/** Two frames after the load, everything that the script put into the page is drawn. Times begin with the visit. */
async function openingTime({ open }: Browser, file: string): Promise<number> {
  const page = await open({ width: 1440, height: 1000, dark: false });
  await page.visit(`file://${file}`);
  const drawn = await page.value<number>(
    'new Promise((told) => requestAnimationFrame(() => requestAnimationFrame(() => told(performance.now()))))',
  );
  const rows = await page.value<number>("document.querySelectorAll('tbody tr').length");
  if (rows < 100) throw new Error(`${file} shows ${rows} rows`);
  await page.close();
  return drawn;
}
