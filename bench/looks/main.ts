import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startChromium } from '../reports/chromium.ts';
import { terminalPage } from './terminalPage.ts';

/**
 * Makes a picture, to be looked at, of a page (.html, .svg) or of what `tmux capture-pane -pe` wrote down (any other file). Needs
 * Debian's package chromium (docs/looks.md).
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: 'string', default: '1440' },
    height: { type: 'string', default: '900' },
    dark: { type: 'boolean', default: false },
  },
});
const [source, picture] = positionals;
if (source === undefined || picture === undefined)
  throw new Error('usage: npm run looks -- FILE PICTURE.png [--width W] [--height H] [--dark]');

const browser = startChromium();
const page = await browser.open({
  width: Number(values.width),
  height: Number(values.height),
  dark: values.dark,
});
const isPage = /\.(html|svg)$/.test(source);
const html = isPage ? '' : terminalPage(readFileSync(source, 'utf8'), values.dark ? 'dark' : 'light');
await page.visit(
  isPage ? `file://${resolve(source)}` : `data:text/html;charset=utf-8,${encodeURIComponent(html)}`,
);
// A terminal is as large as what stands in it; of a page it is what the window shows.
const size = isPage
  ? { width: Number(values.width), height: Number(values.height) }
  : await page.value<{ width: number; height: number }>(
      "(({ offsetWidth, offsetHeight }) => ({ width: offsetWidth, height: offsetHeight }))(document.querySelector('pre'))",
    );
const clip = { x: 0, y: 0, ...size, scale: 1 };
const { data } = await page.send('Page.captureScreenshot', {
  format: 'png',
  clip,
  captureBeyondViewport: true,
});
writeFileSync(picture, Buffer.from(String(data), 'base64'));
await page.close();
await browser.close();
