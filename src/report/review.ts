import { constraints } from '../constraints/all.ts';
import { levelFor, type Rules } from '../model/rules.ts';
import type { Violation } from '../model/violation.ts';
import { changedLines } from './changed.ts';
import { planLines } from './planText.ts';
import { configDiffs, stackSheets, treeDiff, violationLine, type Preview } from './preview.ts';
import { oneLine } from './printable.ts';
import { paint } from './style.ts';
import type { Sheet } from './table.ts';

/**
 * A plan as Markdown, to be pasted into a change review: what it comes to in a few lines, and the rest folded. It is understood
 * by GitHub, GitLab and Gitea. Nothing that somebody has named is taken for markup.
 */
export function reviewText(preview: Preview, rules: Rules): string {
  const { command, violations, stacks, trees, plan } = preview;
  const warnings = violations.filter(({ level }) => level === 'warn');
  const diffs = configDiffs(plan);
  const plain = paint({}, {});
  const parts = [
    `### ${code(`cmanage ${command}`)}`,
    `**Allowed** · ${summary(preview, warnings.length)}`,
    [...changedLines(preview, rules.stages), ...trees.map(({ endpoint }) => `tree of ${endpoint}`)]
      .map(bullet)
      .join('\n'),
    warnings.length === 0 ? '' : `**Warnings**\n\n${warnings.map(violationLine).map(bullet).join('\n')}`,
    ...stackSheets(stacks, rules.stages, plain).map(({ title, sheet }) => folded(title, table(sheet))),
    ...trees.map((tree) =>
      folded(`tree of ${tree.endpoint}`, fenced('diff', treeDiff(tree, plain).join('\n'))),
    ),
    ...diffs.map(({ loadbalancer, diff }) =>
      folded(`HAProxy on ${loadbalancer}: ${linesChangedIn(diff)}`, fenced('diff', diff)),
    ),
    plan.steps.length === 0
      ? ''
      : folded(count(plan.steps.length, 'step'), fenced('text', planLines(plan).join('\n'))),
    folded(rulesTitle(preview, rules), table(rulesSheet(violations, rules))),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** A change that the rules do not allow, for the same place. */
export function refusedReview(command: string, violations: readonly Violation[]): string {
  const told = violations.filter(({ level }) => level === 'error').map(violationLine);
  return [
    `### ${code(`cmanage ${command}`)}`,
    '**Refused** · nothing was touched',
    told.map(bullet).join('\n'),
  ].join('\n\n');
}

/** The change in one line: how many steps on which hosts, whether traffic moves, whether something is to be thought of. */
function summary({ plan, stacks }: Preview, warnings: number): string {
  if (plan.steps.length === 0) return 'nothing is to be done';
  const hosts = [...new Set(stacks.map(({ host }) => host))].sort();
  const balancers = configDiffs(plan).map(({ loadbalancer }) => loadbalancer);
  return [
    `${count(plan.steps.length, 'step')}${hosts.length === 0 ? '' : ` on ${hosts.map(text).join(', ')}`}`,
    balancers.length === 0 ? 'HAProxy: no change' : `HAProxy on ${balancers.map(text).join(', ')} changes`,
    warnings === 0 ? 'no warnings' : `**${count(warnings, 'warning')}**`,
  ].join(' · ');
}

function rulesTitle({ plan }: Preview, rules: Rules): string {
  const checked = constraints.filter(({ code: rule, level }) => levelFor(rules, rule, null, level) !== 'off');
  const steps = plan.steps.length === 0 ? '' : '; each step leaves a correct state';
  return `${count(checked.length, 'rule')} checked${steps}`;
}

/** Every rule with what it found. A level is that of the house; services may have their own, which the findings follow. */
function rulesSheet(violations: readonly Violation[], rules: Rules): Sheet {
  const head = ['rule', 'level', 'what it demands', 'found'];
  const rows = constraints.map(({ code: rule, level, summary: demand }) => {
    const found = violations.filter((violation) => violation.code === rule).length;
    return [
      rule,
      levelFor(rules, rule, null, level),
      demand,
      found === 0 ? 'nothing' : count(found, 'warning'),
    ];
  });
  return { head, rows };
}

function linesChangedIn(diff: string): string {
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+) /.test(line));
  const [more, fewer] = ['+', '-'].map((sign) => lines.filter((line) => line.startsWith(sign)).length);
  return `${more} lines more, ${fewer} fewer`;
}

function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

/** The title is HTML, and no Markdown; blank lines around what is folded make it Markdown again. */
function folded(title: string, body: string): string {
  return `<details><summary>${html(oneLine(title))}</summary>\n\n${body}\n\n</details>`;
}

function table({ head, rows }: Sheet): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

function bullet(line: string): string {
  return `- ${text(line)}`;
}

/** Text that stands for itself: neither markup nor a mention nor HTML. */
function text(words: string): string {
  return html(oneLine(words).replace(/[\\`*_[\]|~!]/g, (character) => `\\${character}`));
}

function html(words: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '@': '&#64;',
    '#': '&#35;',
  };
  return words.replace(/[&<>@#]/g, (character) => entities[character] ?? character);
}

/** A fence is longer than any run of backticks inside it. */
function fence(inside: string, least: number): string {
  const runs = inside.match(/`+/g) ?? [];
  return '`'.repeat(Math.max(least, ...runs.map((run) => run.length + 1)));
}

function fenced(language: string, block: string): string {
  const ticks = fence(block, 3);
  return `${ticks}${language}\n${block}\n${ticks}`;
}

function code(words: string): string {
  const line = oneLine(words);
  const ticks = fence(line, 1);
  return ticks.length === 1 ? `${ticks}${line}${ticks}` : `${ticks} ${line} ${ticks}`;
}
