import assert from 'node:assert/strict';
import type { Browser, Page } from './chromium.ts';

/** Tries in the browser what the tests can't: that tables filter, sort, grow and print, with the script and without it. */
export async function tryPage({ open }: Browser, file: string, services: number): Promise<void> {
  const page = await open({ width: 1440, height: 1000, dark: false });
  await page.visit(`file://${file}`);
  const last = `service${services - 1}`;
  assert.equal(await rowsIn(page), 100, 'the first rows are there at once');
  await page.value(`document.querySelector('#containers tbody').lastElementChild.scrollIntoView()`);
  await until(page, `${rows}.length > 100`);
  await filter(page, `${last}-stack2 v2`);
  await until(page, `${rows}.length === 1`);
  assert.match(await page.value(`${rows}[0].textContent`), new RegExp(`^${last}-stack2-app3${last}`));
  assert.equal(await page.value(`${table}.querySelector('[role=status]').textContent`), `1 of ${services * 6} rows`);
  await filter(page, `${last}-`);
  await until(page, `${rows}.length === 6`);
  const versions = `[...${rows}].map((row) => row.cells[8].textContent).join()`;
  for (const expected of ['v1,v1,v1,v1,v2,v2', 'v2,v2,v1,v1,v1,v1']) {
    await page.value(`${table}.querySelectorAll('th button')[8].click()`);
    assert.equal(await page.value(versions), expected);
  }
  await filter(page, 'host001');
  const onHost = services * 6 / 100;
  await until(page, `${table}.querySelector('[role=status]').textContent.startsWith('${onHost} of')`);
  await page.value(`dispatchEvent(new Event('beforeprint'))`);
  assert.equal(await rowsIn(page), onHost, 'what is printed is all that the filter leaves');
  assert.equal(await page.value(`performance.getEntriesByType('resource').length`), 0, 'nothing is loaded');
  assert.equal(await page.value(`document.documentElement.scrollWidth`), 1440, 'the page is as wide as the window');
  await page.close();
  const plain = await open({ width: 390, height: 844, dark: true, scripts: false });
  await plain.visit(`file://${file}`);
  const { root } = (await plain.send('DOM.getDocument')) as { root: { nodeId: number } };
  const found = await plain.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector: '#containers tbody tr' });
  assert.equal((found.nodeIds as number[]).length, services * 6, 'without scripts, every row is there');
  await plain.close();
}

const table = `document.querySelector('#containers')`;
const rows = `${table}.querySelectorAll('tbody tr')`;

function rowsIn(page: Page): Promise<number> {
  return page.value(`${rows}.length`);
}

async function filter(page: Page, text: string): Promise<void> {
  await page.value(
    `(() => { const input = ${table}.querySelector('input'); input.value = '${text}'; input.dispatchEvent(new Event('input')); })()`,
  );
}

/** Waits until something holds in the page; it has to within ten seconds, however busy the machine is. */
async function until(page: Page, condition: string): Promise<void> {
  const held = await page.value(
    `(async () => { for (let time = 0; time < 200; time++) { if (${condition}) return true; await new Promise((go) => setTimeout(go, 50)); } return false; })()`,
  );
  assert.equal(held, true, condition);
}
