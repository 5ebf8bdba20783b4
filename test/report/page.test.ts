import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { constraints } from '../../src/constraints/all.ts';
import type { State } from '../../src/model/state.ts';
import { capacityReport } from '../../src/report/audit/capacity.ts';
import { cmdbReport } from '../../src/report/audit/cmdb.ts';
import { complianceReport } from '../../src/report/audit/compliance.ts';
import type { Material } from '../../src/report/audit/material.ts';
import { releasesReport } from '../../src/report/audit/releases.ts';
import { columns, textOf, type Report } from '../../src/report/audit/report.ts';
import { reportCsv, reportMarkdown } from '../../src/report/audit/reportText.ts';
import { pageHtml } from '../../src/report/page/page.ts';
import { cardStyle } from '../../src/report/page/style.ts';
import { generate } from '../../bench/scale/generate.ts';
import { parseCsv } from '../support/csv.ts';
import { changeRow } from '../support/makeState.ts';
import { chronicleOf } from '../support/recorded.ts';
import { emptyState } from '../../src/model/state.ts';
import { shop, shopMaterial, shopRules } from '../support/shop.ts';

const makers: Readonly<Record<string, (material: Material) => Report>> = {
  cmdb: cmdbReport,
  releases: releasesReport,
  capacity: capacityReport,
  compliance: (material) =>
    complianceReport({ ...material, constraints, changes: [], lineOf: () => 7, inForceSince: () => null }),
};
const kinds = Object.keys(makers);

function reportOf(kind: string, material = shopMaterial()): Report {
  const make = makers[kind];
  if (!make) throw new Error(`there is no report ${kind}`);
  return make(material);
}

const pageOf = (kind: string, material?: Material): string => pageHtml(reportOf(kind, material));

/** What a browser would load or go to, of all that a page could name. */
const outside =
  /\b(?:src|srcset|action|poster|data|ping|xlink:href)\s*=|href="[^#]|url\(|@import|<(?:link|img|iframe|object|embed|base|form)\b/gi;

describe.each(kinds)('the page of %s', (kind) => {
  it('asks nobody for anything', () => {
    expect(pageOf(kind).match(outside) ?? []).toEqual([]);
  });

  it('says of which environment, revision and moment it speaks, at its head and its foot', () => {
    const page = pageOf(kind);
    const head = page.slice(page.indexOf('<header>'), page.indexOf('</header>'));
    expect(head).toContain(
      '<b>shop</b> at revision <b>12</b>, <time datetime="2026-11-21T15:00:00.000Z">2026-11-21 15:00 UTC</time>',
    );
    expect(page).toContain('<footer>cmanage 1.0.0, shop, revision 12, 2026-11-21 15:00 UTC</footer>');
  });

  it('lets a browser run its own script and style, and nothing else', () => {
    const page = pageOf(kind);
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    const hashOf = (text = ''): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `style-src ${hashOf(/<style>([^]*?)<\/style>/.exec(page)?.[1])}`,
      `script-src ${hashOf(/<script>([^]*?)<\/script>/.exec(page)?.[1])}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/\sstyle=|\son\w+=/g)).toBeNull();
  });

  it('is the same, byte for byte, whatever the order of the rows', () => {
    const state = shop();
    const turned = Object.fromEntries(
      Object.entries(state).map(([name, rows]) => [name, Array.isArray(rows) ? rows.toReversed() : rows]),
    ) as State;
    expect(pageOf(kind, shopMaterial({ state: turned }))).toBe(pageOf(kind, shopMaterial({ state })));
  });

  it('tells no value of a variable, in any format', () => {
    const [webapp] = shop().services;
    const settings = {
      ...webapp?.settings,
      env: { PASSWORD: 'hunter2' },
    } as State['services'][number]['settings'];
    const report = reportOf(
      kind,
      shopMaterial({ state: changeRow(shop(), 'services', 'webapp', { settings }) }),
    );
    expect(pageHtml(report) + reportMarkdown(report) + JSON.stringify(report)).not.toContain('hunter2');
  });

  it('has every table whole, and every section in its contents', () => {
    const page = pageOf(kind);
    const { sections } = reportOf(kind);
    for (const { id, rows, columns, ...section } of sections.filter((one) => one.for !== 'data')) {
      const part = page.slice(page.indexOf(`<section id="${id}">`)).split('</section>')[0] ?? '';
      expect(part.match(/^<tr>/gm)?.length ?? 0).toBe(rows.length);
      if (rows.length > 0) expect(part.match(/<th\b/g)).toHaveLength(columns.length);
      expect(part).toContain(section.title);
      expect(page).toContain(`<a href="#${id}">${section.title}</a>`);
    }
  });
});

describe('a row on a telephone', () => {
  it('has the names of its columns, in each table but one of narrow columns', () => {
    const style = /<style>([^]*?)<\/style>/.exec(pageOf('compliance'))?.[1] ?? '';
    const sections = reportOf('compliance').sections.filter((section) => section.for !== 'data');
    for (const { id, columns } of sections) {
      const isTable = columns.some(({ kind }) => kind === 'narrow');
      const labels = style.match(new RegExp(`#${id} td:nth-child`, 'g')) ?? [];
      expect([id, labels.length]).toEqual([id, isTable ? 0 : columns.length - 1]);
    }
    expect(style).toContain('#breaches td:nth-child(2)::before{content:"Rule "}');
  });

  it('cannot leave the style by the name of a stage', () => {
    const section = { id: 'x', title: '', note: '', columns: columns('a', 'q"}</style>'), rows: [] };
    expect(cardStyle([section])).toContain('{content:"q\\22 \\7d \\3c \\2f style\\3e  "}');
  });
});

const evil = `<script>alert("1")</script><img src=x onerror='alert(2)'>&amp;\u001b[31m\u202e</noscript></style>`;
const shown =
  '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;img src=x onerror=&#39;alert(2)&#39;&gt;&amp;amp;\\u001b[31m\\u202e&lt;/noscript&gt;&lt;/style&gt;';

/** Everything that is text in the state, the journal and the configuration is hostile. */
function hostile(): Material {
  const { environment, subject } = shopMaterial();
  let state = shop();
  for (const { name } of state.containers)
    state = changeRow(state, 'containers', name, { version: evil, digest: evil });
  for (const { name } of state.services) state = changeRow(state, 'services', name, { image: evil });
  for (const { name } of state.endpoints)
    state = changeRow(state, 'endpoints', name, { url: evil, stage: evil });
  for (const { name } of state.stacks) state = changeRow(state, 'stacks', name, { host: evil });
  const chronicle = chronicleOf(emptyState, [
    { next: state, command: evil, reason: evil, actor: evil, startedAt: '2026-11-01T10:00:00.000Z' },
  ]);
  const [override] = shopRules.overrides;
  if (!override) throw new Error('the shop has no override');
  const rules = { ...shopRules, stages: [evil, 'qa', 'dev'], overrides: [{ ...override, reason: evil }] };
  const named = JSON.parse(JSON.stringify(state).replaceAll('training', '\\u003cb\\u003e')) as State;
  return {
    ...{ state: named, history: chronicle.history },
    environment: { ...environment, rules },
    subject: { ...subject, environment: evil },
  };
}

describe.each(kinds)('hostile text in %s', (kind) => {
  it('is shown in the page, and obeyed nowhere', () => {
    const page = pageOf(kind, hostile());
    expect(page).toContain(shown);
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page.match(/<\/style/g)).toHaveLength(1);
    expect(page.match(/<\/noscript/g)?.length ?? 0).toBe(page.match(/<noscript/g)?.length ?? 0);
    expect(page).not.toContain('<img');
    expect(page).not.toMatch(/[\u001b\u202e]/);
  });

  it('is no markup in Markdown, and no more than a cell in CSV', () => {
    const report = reportOf(kind, hostile());
    const markdown = reportMarkdown(report)
      .split('\n')
      .filter((line) => line.startsWith('|'));
    for (const line of markdown) expect(line.replace(/\\[<|*`[\]\\>]/g, '')).not.toMatch(/[<>`*[\]]/);
    for (const { id, columns } of report.sections) {
      const rows = parseCsv(reportCsv(report, id));
      expect(new Set(rows.map((row) => row.length))).toEqual(new Set([columns.length + 3]));
    }
  });
});

describe('a large page', () => {
  const state = generate(400, 'registry.example/tiny');
  const page = pageOf('cmdb', shopMaterial({ state }));

  it('has the first rows as elements, and all others in a noscript, a line each', () => {
    const part = page.slice(page.indexOf('<section id="containers">')).split('</section>')[0] ?? '';
    const [before = '', after = ''] = part.split('<noscript>');
    expect(before.match(/^<tr>.*<\/tr>$/gm)).toHaveLength(100);
    expect(after.match(/^<tr>.*<\/tr>$/gm)).toHaveLength(2300);
    expect(part).toContain('data-rows="2400"');
  });

  it('has every drawing, twelve of them at once', () => {
    const part = page.slice(page.indexOf('<section id="graph">')).split('</section>')[0] ?? '';
    const [before = '', after = ''] = part.split('<noscript>');
    expect([before, after].map((text) => text.match(/^<figure /gm)?.length)).toEqual([12, 122]);
  });
});

describe('the formats', () => {
  it('say the same cells in Markdown and in CSV as in the report', () => {
    const report = reportOf('capacity');
    const [hosts] = report.sections;
    const rows = parseCsv(reportCsv(report, 'hosts'));
    expect(rows[0]).toEqual([
      ...(hosts?.columns ?? []).map(({ name }) => name),
      'Environment',
      'At revision',
      'At',
    ]);
    expect(rows.slice(1)).toEqual(
      hosts?.rows.map((row) => [
        ...row.map(textOf).map((text) => (text === '-' ? '' : text)),
        'shop',
        '12',
        '2026-11-21T15:00:00.000Z',
      ]),
    );
    expect(reportMarkdown(report)).toContain(`| ${hosts?.rows[0]?.map(textOf).join(' | ')} |`);
  });

  it('name the tables there are where another one is asked for', () => {
    expect(() => reportCsv(reportOf('releases'), 'ports')).toThrow(
      'the report releases has no table ports: choose one of versions, operations',
    );
  });
});
