/** What a person has to type and to know for a task. */
export type Counts = {
  /** Commands typed and files edited. */
  readonly steps: number;
  readonly characters: number;
  /** Different things that must be right: programs, options, addresses, ports, names, versions, paths. */
  readonly facts: readonly string[];
};

/** Counts what is typed. Of an edited file, the lines that change are what is typed, and not how a script makes the change. */
export function countsOf(commands: readonly string[], changedLines: readonly string[]): Counts {
  const typed = [...commands.filter((command) => !isEdit(command)), ...changedLines];
  return {
    steps: commands.length,
    characters: typed.reduce((sum, text) => sum + text.trim().length + 1, 0),
    facts: [...new Set(typed.flatMap(factsIn))].sort(),
  };
}

export const isEdit = (command: string): boolean => command.startsWith('edit ');

/**
 * Words that a shell's grammar asks for, and nobody has to know of this environment or its programs; and names of
 * addresses, which are counted where they are written out.
 */
const grammar = new Set([
  ...['for', 'in', 'do', 'done', 'while', 'until', 'echo', 'host', 'port', '$host', '$port'],
  ...['$HOST1', '$HOST2', '$LAB_LB'],
]);

/** The words of a line, without what only separates them: an address and its port are two, a reason given is none. */
function factsIn(line: string): string[] {
  return line
    .replace(/ -m ".*"|sleep [\d.]+|sed '.*?'/g, ' ')
    .replace(/(http|unix|UNIX-CONNECT):(\/\/)?/g, '$1 ')
    .replace(/(?<!LAB_REGISTRY)[:/](?=[\w$])/g, ' ')
    .split(/[\s;|"'<>=]+|\/(?=[\s;]|$)/)
    .filter((word) => /[\w$]/.test(word) && !grammar.has(word));
}

/** The lines of a text that an edited one does not have in common with it, as a person types them. */
export function changedLines(before: string, after: string): string[] {
  const left = before.split('\n');
  return after.split('\n').filter((line) => {
    const at = left.indexOf(line);
    if (at === -1) return line.trim() !== '';
    left.splice(at, 1);
    return false;
  });
}
