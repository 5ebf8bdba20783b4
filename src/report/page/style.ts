import type { Section } from '../audit/report.ts';

/** Up to so many pixels wide, a window is a telephone's. */
const telephone = '(max-width:600px)';

/**
 * On a telephone each row of a table is a card: its first cell is the heading, and each other one has the name of its column before it.
 * These names are written once for each table, and not in each of 60,000 rows. Tables of narrow columns stay tables.
 */
export function cardStyle(sections: readonly Section[]): string {
  const labels = sections.flatMap(({ id, columns }) =>
    columns.some(({ kind }) => kind === 'narrow')
      ? []
      : columns
          .slice(1)
          .map(
            ({ name }, index) =>
              `#${id} td:nth-child(${index + 2})::before{content:${cssString(`${name} `)}}`,
          ),
  );
  return `@media screen and ${telephone}{${labels.join('')}}`;
}

/** Names of stages are among them, and come from rules.yml. */
function cssString(text: string): string {
  const safe = Array.from(text, (character) =>
    /[A-Za-z0-9 ()]/.test(character) ? character : `\\${character.codePointAt(0)?.toString(16) ?? ''} `,
  );
  return `"${safe.join('')}"`;
}

/** The look of a page. Its colours are those of the drawings (`graph/style.ts`), and a few more. */
export const pageStyle = `
:root{--good:#17693a;--bad:#b3261e;--warn:#8a5a00;--badpaper:#fde9e7;--link:#1f5fbf}
@media screen and (prefers-color-scheme:dark){:root{--good:#6fce92;--bad:#ff9a91;--warn:#f0c060;--badpaper:#3d2020;--link:#8ab8ff}}
*{box-sizing:border-box}
html{color-scheme:light dark;scroll-behavior:smooth}
body{margin:0 auto;max-width:1400px;padding:20px 24px 40px;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{margin:0;font-size:28px;line-height:1.2}
h2{margin:0 0 4px;font-size:19px}h2 small{color:var(--soft);font-size:14px;font-weight:400}
header p{margin:4px 0}.subject{color:var(--soft)}.subject b{color:var(--ink)}
section{margin-top:36px}
.note,.none,footer{color:var(--soft);margin:0 0 8px}footer{margin-top:40px;border-top:1px solid var(--line);padding-top:8px;font-size:13px}
ul{list-style:none;margin:0;padding:0}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(118px,1fr));gap:8px;margin:16px 0}
.figures li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 12px;color:var(--soft);font-size:13px;line-height:1.35}
.figures b{display:block;color:var(--ink);font-size:22px;font-variant-numeric:tabular-nums}
.good,.figures .good b{color:var(--good)}.bad,.figures .bad b{color:var(--bad)}.warn,.figures .warn b{color:var(--warn)}.dim{color:var(--soft)}
td.bad{background:var(--badpaper)}
nav{display:flex;flex-wrap:wrap;gap:4px 16px}a{color:var(--link)}
.tools{display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center;margin:0 0 8px;color:var(--soft);font-size:13px}
input{font:inherit;width:16em;max-width:100%;padding:5px 9px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--ink)}
.table{overflow:auto;border:1px solid var(--line);border-radius:8px}
.scroll{max-height:78vh}
table{border-collapse:separate;border-spacing:0;width:max-content;min-width:100%;font-size:13px;line-height:1.4;font-variant-numeric:tabular-nums}
th,td{padding:5px 10px;text-align:left;vertical-align:top;white-space:nowrap}
td{border-top:1px solid color-mix(in srgb,var(--line) 45%,transparent);max-width:25em;white-space:normal;overflow-wrap:break-word}
td:first-child{white-space:nowrap}
th{position:sticky;top:0;z-index:1;background:var(--card);vertical-align:bottom;font-weight:600;border-bottom:1px solid var(--line)}
th:first-child,td:first-child{position:sticky;left:0;background:var(--paper)}th:first-child{z-index:2;background:var(--card)}
th button{all:unset;cursor:pointer;font-weight:600}th button:focus-visible{outline:2px solid var(--link);outline-offset:2px}
th[aria-sort] button::after{content:" \\2191"}th[aria-sort=descending] button::after{content:" \\2193"}
table.tight{min-width:0}
.number{text-align:right}td.time{white-space:nowrap}
th.narrow{padding:6px 2px;width:26px}th.narrow span,th.narrow button{writing-mode:vertical-rl;transform:rotate(180deg);font-weight:500;font-size:12px}
td.narrow{text-align:center;padding:5px 2px;white-space:nowrap}
tbody tr:hover td{background:var(--card)}
meter{width:64px;height:10px;vertical-align:middle}
.legend{display:flex;flex-wrap:wrap;gap:4px 16px;margin:0 0 10px;font-size:13px;color:var(--soft)}
.legend i{display:inline-block;width:14px;height:14px;border-radius:3px;margin-right:6px;vertical-align:-2px;background:var(--px)}
${[0, 1, 2, 3, 4, 5].map((stage) => `.legend .p${stage}{background:var(--p${stage})}`).join('')}
.cards{display:flex;flex-wrap:wrap;gap:12px;align-items:flex-start}
figure{margin:0;flex:1 1 auto;max-width:100%;overflow-x:auto;background:var(--paper);border:1px solid var(--line);border-radius:8px;padding:6px}
figure:only-child{flex:none}figure svg{display:block}figure svg.fits{max-width:100%;height:auto}
.graphs.scroll{overflow:auto}
.more{font:inherit;margin-top:10px;padding:6px 12px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--ink);cursor:pointer}
::placeholder{color:var(--soft);opacity:1}
figure:only-child svg{zoom:1.25}
@media screen and ${telephone}{body{padding:14px 14px 30px}h1{font-size:23px}.figures{grid-template-columns:repeat(3,1fr);gap:6px}.figures li{padding:6px 9px}section{margin-top:28px}td,th{padding:5px 8px}
.cardtable,.cardtable tbody{display:block;width:auto}.cardtable thead{display:block;overflow-x:auto;background:var(--card);border-bottom:1px solid var(--line)}
.cardtable thead tr{display:flex;gap:14px;padding:0 10px}.cardtable thead th{position:static;border:0;padding:5px 0;color:var(--link)}
.cardtable tbody tr{display:flex;flex-wrap:wrap;gap:2px 14px;padding:8px 10px;border-top:1px solid color-mix(in srgb,var(--line) 45%,transparent)}
.cardtable td,.cardtable td:first-child{position:static;border:0;padding:0;max-width:100%;white-space:normal;overflow-wrap:anywhere;text-align:left}
.cardtable td:first-child{flex:0 0 100%;font-weight:600}.cardtable td::before{color:var(--soft);font-weight:400}.cardtable td.none{display:none}
figure:only-child svg{zoom:1}}
@media print{
:root{--ink:#000;--soft:#444;--paper:#fff;--card:#f3f3f3;--line:#999}
@page{size:landscape;margin:12mm}
body{max-width:none;padding:0;font-size:11px}table{font-size:9px;width:100%}th,td,td.time,td:first-child{white-space:normal;padding:3px 5px}
nav,.tools,.more{display:none}.table,.scroll{max-height:none;overflow:visible;border:0}
th,th:first-child,td:first-child{position:static}thead{display:table-header-group}tr,figure{break-inside:avoid}h2{break-after:avoid}
}
`.trim();
