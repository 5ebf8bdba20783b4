import type { Constraint } from '../../../src/constraints/constraint.ts';

/** docs/reference/rules.md: what each rule demands, and what rules.yml may say of it. */
export function rulesPage(constraints: readonly Constraint[]): string {
  return `${intro}${constraints.map(section).join('\n')}`;
}

const intro = `# Rules

Every change is judged by these rules before a host or HAProxy is touched. \`cmanage rules\` says how they are set here and which line of
rules.yml says so; [files](files.md#rulesyml) shows how they are set. This page is made by \`npm run docs\` from the rules themselves, and a test
compares them.

- **correct**: holds at every moment. A change that breaks it, or makes an old breach worse, is refused (exit code 3).
- **complete**: may be unmet while a service is being built up. No change may make a complete service incomplete, or an incomplete one worse.
- **standing** speaks of all that stands on the hosts, and is judged after each step; **serving** of the order that serves, and is judged at both ends.

Each has a \`level\`: \`error\` refuses the change, \`warn\` allows it and says so, \`off\` is silent.

`;

function section({ code, kind, concerns, level, summary, parameters, choices }: Constraint): string {
  const lines = Object.entries(parameters).map(([name, value]) => {
    const words = choices[name];
    const among = words ? ` (among ${words.map((word) => `\`${word}\``).join(', ')})` : '';
    return `- \`${name}\`: \`${JSON.stringify(value)}\`${among}\n`;
  });
  const usual = lines.length === 0 ? '' : `\n${lines.join('')}`;
  return `## ${code}\n\n${summary} (${kind}, ${concerns}; level \`${level}\`)\n${usual}`;
}
