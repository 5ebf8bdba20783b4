import type { ChalkInstance } from 'chalk';
import { plainLine, printable } from './printable.ts';
import type { OutputFormat } from './table.ts';

/** A line that a container wrote, and which one did. */
export type LogEntry = {
  /** ISO 8601 in UTC, with nine digits behind the second. */
  readonly time: string;
  readonly host: string;
  readonly service: string;
  readonly container: string;
  readonly stage: string | null;
  readonly version: string;
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
};

export type LogStyle = {
  readonly format: OutputFormat;
  /** Whether a person looks at it; a pipe gets whole times and names, separated by tabs. */
  readonly isTerminal: boolean;
  readonly colour: ChalkInstance;
  /** What is to be shown, for the widths of its columns and for colours that do not depend on who writes first. */
  readonly targets: readonly Pick<LogEntry, 'service' | 'container' | 'stage'>[];
};

/** Colours that can be read on a light and on a dark ground, which bright ones cannot; red is left out: that is for what went wrong. */
const colours = ['cyan', 'magenta', 'green', 'yellow', 'blue'] as const;

/** How lines of logs are written, each without its end. What a terminal would obey in them is shown instead. */
export function logLineWriter({
  format,
  isTerminal,
  colour,
  targets,
}: LogStyle): (entry: LogEntry) => string {
  if (format === 'json') return (entry) => printable(JSON.stringify(entry));
  if (format === 'yaml') return (entry) => `- ${printable(JSON.stringify(entry))}`;
  if (!isTerminal) {
    return ({ time, host, container, text }) => [time, host, container, plainLine(text)].join('\t');
  }
  const isOne = new Set(targets.map(({ service }) => service)).size === 1;
  const shortName = ({ service, container }: Pick<LogEntry, 'service' | 'container'>): string =>
    isOne && container.startsWith(`${service}-`) ? container.slice(service.length + 1) : container;
  const numbers = new Map(targets.map(({ container }, index) => [container, index]));
  const stageWidth = Math.max(0, ...targets.map(({ stage }) => stage?.length ?? 0));
  const nameWidth = Math.max(0, ...targets.map((target) => shortName(target).length));
  return (entry) => {
    const number = numbers.get(entry.container) ?? numbers.size;
    numbers.set(entry.container, number);
    const tone = colour[colours[number % colours.length] ?? 'cyan'];
    // Those after the first round are bold.
    const paint = Math.floor(number / colours.length) % 2 === 0 ? tone : tone.bold;
    // The day is seldom asked for, and takes the room of the text.
    const time = entry.time.slice(11, 23);
    const stage = stageWidth === 0 ? '' : `${(entry.stage ?? '').padEnd(stageWidth)} `;
    const bar = entry.stream === 'stderr' ? colour.red('!') : '|';
    return `${colour.dim(time)} ${paint(`${stage}${shortName(entry).padEnd(nameWidth)}`)} ${bar} ${plainLine(entry.text)}`;
  };
}
