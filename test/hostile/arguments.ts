import * as typed from '../../src/cli/arguments.ts';
import { parseRetain } from '../../src/cli/retentionArguments.ts';
import { parseEnvFile } from '../../src/docker/ownFiles.ts';
import { splitImage } from '../../src/docker/registry.ts';
import { quote } from '../../src/haproxy/shell.ts';
import { word } from '../../src/haproxy/word.ts';
import { isHost, isHostName, isLongName, isName, isRepository, isTag } from '../../src/model/names.ts';
import { compareVersions } from '../../src/model/version.ts';
import { parseDate } from '../../src/model/versionOrder.ts';
import { hostileText, mutated, oneOf, type Random } from './mutate.ts';
import { refuse } from './verdict.ts';

/** What is typed: each parser takes it, or refuses it; what it takes is fit for HAProxy, a shell and a path. */

type Parser = readonly [sample: string, parse: (text: string) => unknown];

const parsers: readonly Parser[] = [
  ['webapp', typed.parseName],
  ['web%', typed.parsePattern],
  ['webapp-endpoint-prod', typed.parseEndpointName],
  ['a,b', (text) => typed.parseNameList(text, undefined)],
  ['1=10', (text) => typed.parseWeight(text, undefined)],
  ['5,25,100', typed.parseShares],
  ['5%', typed.parsePercentage],
  ['0.5', typed.parseRatio],
  ['all', typed.parseParallelism],
  ['registry.example.net:5000/larhauga/webapp', typed.parseRepository],
  ['www.example.com', typed.parseHostName],
  ['192.0.2.10', typed.parseAddress],
  ['prod=db.example:5432', (text) => typed.parseTargets(text, undefined)],
  ['/etc/haproxy/certs/www.pem', typed.parseCertificate],
  ['v0.1', (text) => typed.parseVersions(text, undefined)],
  ['80', typed.integer(1, 65535)],
  ['default', typed.parseDrainLimitOrDefault],
  ['pointer', typed.parsePositionOrPointer],
  ['512m', typed.parseMemory],
  ['0.5', typed.parseCpus],
  ['/health', typed.parseHealthPath],
  ['NAME=value', (text) => typed.parseVariable(text, undefined)],
  ['NAME=value\nOTHER=2', (text) => parseEnvFile('some.env', text)],
  ['secret.txt', (text) => typed.parseSecretFile(text, undefined)],
  ['3', parseRetain],
];

/** Names that get into HAProxy's configuration as words. */
const words: readonly ((text: string) => boolean)[] = [
  isName,
  isLongName,
  isHostName,
  isHost,
  isTag,
  isRepository,
];

export function tryArgument(random: Random): void {
  const [sample, parse] = oneOf(random, parsers);
  const text = random() < 0.6 ? mutated(random, sample) : hostileText(random);
  for (const isFit of words) {
    if (isFit(text))
      refuse(
        word(text) !== text || /[^\u0021-\u007e]/.test(text),
        `a name that is none: ${JSON.stringify(text)}`,
      );
  }
  refuse(unquoted(quote(text)) !== text, `a shell reads ${quote(text)} otherwise`);
  splitImage(text);
  compareVersions(text, mutated(random, 'v1.2.3-rc1'));
  parseDate('YYYYMMDD', text);
  parse(text);
}

/** What a POSIX shell makes of a word of single quotes and `\'`; null where anything of it stands outside of them. */
function unquoted(shell: string): string | null {
  let text = '';
  for (let at = 0; at < shell.length;) {
    if (shell.startsWith("\\'", at)) {
      text += "'";
      at += 2;
      continue;
    }
    const end = shell[at] === "'" ? shell.indexOf("'", at + 1) : -1;
    if (end < 0) return null;
    text += shell.slice(at + 1, end);
    at = end + 1;
  }
  return text;
}
