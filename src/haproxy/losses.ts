import { attention, fine, type Checked } from '../model/checked.ts';

/** A configuration file of a running HAProxy. */
export type ConfigFile = { readonly path: string; readonly text: string };

type Line = {
  readonly section: string;
  /** Which section of the file it is in: two of them may be called alike. */
  readonly number: number;
  readonly words: readonly string[];
  readonly at: string;
};

/**
 * Judges what a running HAProxy reads, which may be more than the file of cmanage: what would lose requests, and why. A
 * later `defaults` counts for what follows it; `global` is one for all files.
 */
export function judgeLosses(balancer: string, files: readonly ConfigFile[], drainLimit: number): Checked[] {
  const lines = files.flatMap(linesOf);
  const found = [
    ...judgeGlobal(lines, drainLimit),
    ...files.flatMap((file) => judgeDefaults(file.path, linesOf(file))),
  ];
  if (found.length === 0)
    return [
      fine('haproxy', balancer, `${files.map(({ path }) => path).join(', ')}: nothing in it loses requests`),
    ];
  return found.map(([fact, remedy]) => attention('haproxy', balancer, fact, remedy));
}

type Loss = readonly [fact: string, remedy: string];

function linesOf({ path, text }: ConfigFile): Line[] {
  let [section, number] = ['', 0];
  return text.split('\n').flatMap((line, index): Line[] => {
    const words = line
      .replace(/(^|\s)#.*$/, '')
      .trim()
      .split(/\s+/)
      .filter((word) => word !== '');
    if (words.length === 0) return [];
    if (
      /^(global|defaults|frontend|backend|listen|resolvers|peers|userlist|program|cache|mailers|ring)$/.test(
        words[0] ?? '',
      )
    )
      [section, number] = [words[0] ?? '', number + 1];
    return [{ section, number, words, at: `${path}:${index + 1}` }];
  });
}

const startsWith = (line: Line, ...words: string[]): boolean =>
  words.every((word, place) => line.words[place] === word);

function judgeGlobal(lines: readonly Line[], drainLimit: number): Loss[] {
  const global = lines.filter(({ section }) => section === 'global');
  const losses: Loss[] = [];
  const stop = global.findLast((line) => startsWith(line, 'hard-stop-after'));
  const seconds = stop && secondsOf(stop.words[1] ?? '');
  if (!stop || seconds === undefined) {
    losses.push([
      'no hard-stop-after bounds how long workers of before a reload stay',
      `set hard-stop-after ${drainLimit}s in global`,
    ]);
  } else if (seconds < drainLimit) {
    losses.push([
      `${stop.at}: hard-stop-after ${stop.words[1] ?? ''} cuts requests before the drain limit of ${drainLimit} s`,
      `set it to ${drainLimit}s, or the drain_limit in hosts.yml to ${Math.floor(seconds)}`,
    ]);
  }
  const socket = global.filter((line) => startsWith(line, 'stats', 'socket'));
  if (!socket.some(({ words }) => words.includes('expose-fd')))
    losses.push([
      'no stats socket hands its listeners over, so that a reload refuses connections',
      "add 'expose-fd listeners' to its stats socket",
    ]);
  return losses;
}

/** What a `defaults` section must have for everything behind it, and what it costs that it is not there. */
const wanted: readonly (readonly [words: readonly string[], cost: string])[] = [
  [
    ['option', 'idle-close-on-response'],
    'a reload cuts kept-alive connections while a request is on its way',
  ],
  [['option', 'redispatch'], 'a request to a server that died is not given to another one'],
  [['timeout', 'http-request'], 'clients that trickle their headers hold connections for ever'],
  [['timeout', 'connect'], 'a host that is gone is waited for without an end'],
  [['timeout', 'client'], 'clients that are gone hold connections for ever'],
  [['timeout', 'server'], 'a container that hangs is waited for without an end'],
];

function judgeDefaults(path: string, lines: readonly Line[]): Loss[] {
  const serves = lines.some(({ section }) => ['frontend', 'listen'].includes(section));
  // Where connections carry no requests there is no response, and closing idle ones would cut them.
  const ofTcp = new Set(lines.filter((line) => startsWith(line, 'mode', 'tcp')).map(({ number }) => number));
  const switchedOff = lines
    .filter(
      (line) =>
        (startsWith(line, 'no', 'option', 'idle-close-on-response') && !ofTcp.has(line.number)) ||
        startsWith(line, 'no', 'option', 'redispatch'),
    )
    .map(({ at, words }): Loss => [`${at}: '${words.join(' ')}' loses requests`, 'remove the line']);
  const once = lines
    .filter((line) => startsWith(line, 'option', 'httpclose') || startsWith(line, 'option', 'forceclose'))
    .map(({ at, words }): Loss => [
      `${at}: '${words.join(' ')}' closes the connection after each request`,
      'remove the line',
    ]);
  // A file that opens no port serves nobody; its defaults matter to nobody.
  if (!serves) return [...switchedOff, ...once];
  const usual = lines.filter(({ section }) => section === 'defaults');
  const missing = wanted
    .filter(([words]) => !usual.some((line) => startsWith(line, ...words)))
    .map(([words, cost]): Loss => [
      `${path}: its defaults lack '${words.join(' ')}': ${cost}`,
      `add it to its defaults, as in the file that cmanage writes`,
    ]);
  return [...missing, ...switchedOff, ...once];
}

const units: Readonly<Record<string, number>> = {
  us: 1e-6,
  ms: 1e-3,
  '': 1e-3,
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
};

/** HAProxy's times: milliseconds, unless a unit follows. */
function secondsOf(text: string): number | undefined {
  const match = /^(\d+)(us|ms|s|m|h|d|)$/.exec(text);
  const unit = units[match?.[2] ?? 'none'];
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}
