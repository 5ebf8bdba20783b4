import { basename, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import {
  isAddress,
  isHost,
  isCertificatePath,
  isHostName,
  isLongName,
  isName,
  isRepository,
  isTag,
  nameRule,
} from '../model/names.ts';
import { isOrdinaryUser } from '../model/profile.ts';
import type { SecretFile } from '../model/settings.ts';
import type { Target, Weight } from '../model/traffic.ts';

/** Parsers of what is typed: each returns a value the model accepts, or says what would be accepted. */

export function parseName(text: string): string {
  return accept(isName(text), text, `Use ${nameRule}.`);
}

/** A name, or a pattern of names with `%`, `*` and `?`. */
export function parsePattern(text: string): string {
  const expected = 'Use a name; % and * stand for any characters, ? for one.';
  return accept(/^[a-z0-9*%?-]{1,120}$/.test(text), text, expected);
}

/** Names of columns, such as `name,-changed`. */
export function parseColumns(text: string, before: readonly string[] | undefined): string[] {
  const names = text.split(',');
  const isList = names.every((name) => /^-?[A-Za-z0-9][A-Za-z0-9-]{0,39}$/.test(name));
  accept(isList, text, 'Give names of columns, such as name,prod.');
  return [...(before ?? []), ...names];
}

/** A full endpoint name such as webapp-endpoint-prod, which is longer than a service's name may be. */
export function parseEndpointName(text: string): string {
  return accept(isLongName(text), text, 'Use a name such as webapp-endpoint-prod.');
}

/** Collects `-c a b` and `-c a -c b` alike. */
export function parseNames(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), parseName(text)];
}

/** Collects `--uses a,b`, `--uses a b` and `--uses a --uses b` alike, each name once. */
export function parseNameList(text: string, before: readonly string[] | undefined): string[] {
  return [...new Set([...(before ?? []), ...text.split(',').map(parseName)])];
}

export function parseEndpointNames(text: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), parseEndpointName(text)];
}

/** Collects `0=90 1=10`: a position and its share of the requests. */
export function parseWeight(text: string, before: readonly Weight[] | undefined): Weight[] {
  const match = /^(\d{1,4})=(\d{1,3})$/.exec(text);
  const [position, weight] = [Number(match?.[1]), Number(match?.[2])];
  accept(
    match !== null && weight <= 256,
    text,
    'Give POSITION=WEIGHT, such as 1=10; weights go from 0 to 256.',
  );
  return [...(before ?? []), { position, weight }];
}

/** The shares of a canary in percent, such as `5,25,50,100`; each is higher than the one before. */
export function parseShares(text: string): number[] {
  const shares = text.split(',').map((part) => (/^\d{1,3}$/.test(part) ? Number(part) : NaN));
  const rising = shares.every((share, index) => share > (shares[index - 1] ?? 0) && share <= 100);
  accept(rising, text, 'Give rising percentages, such as 5,25,50,100.');
  return shares;
}

/** A percentage such as 1 or 0.5, as a share of 1. */
export function parsePercentage(text: string): number {
  const share = /^\d{1,3}(\.\d{1,3})?%?$/.test(text) ? parseFloat(text) : NaN;
  accept(share >= 0 && share <= 100, text, 'Give a percentage from 0 to 100, such as 0.5.');
  return share / 100;
}

/** A share such as 0.25. */
export function parseRatio(text: string): number {
  const ratio = /^[01]?(\.\d{1,4})?$/.test(text) && text !== '' ? Number(text) : NaN;
  accept(ratio >= 0 && ratio <= 1, text, 'Give a share from 0 to 1, such as 0.25.');
  return ratio;
}

/** How many at once, or `all`. */
export function parseParallelism(text: string): number | 'all' {
  if (text === 'all') return text;
  const count = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  accept(count >= 1 && count <= 1000, text, 'Give a whole number from 1 to 1000, or all.');
  return count;
}

export function parseRepository(text: string): string {
  return accept(
    isRepository(text),
    text,
    'Give an image repository such as registry.example/webapp, without a tag.',
  );
}

export function parseHostName(text: string): string {
  return accept(isHostName(text), text, 'Give a host name such as www.example.com.');
}

export function parseAddress(text: string): string {
  return accept(isAddress(text), text, 'Give an IPv4 address such as 192.0.2.10.');
}

/** Collects targets of an external service, each `STAGE=HOST:PORT`. */
export function parseTargets(text: string, before: readonly Target[] | undefined): Target[] {
  const [, stage = '', host = '', port = ''] = /^([^=]*)=([^:]*):([0-9]{1,5})$/.exec(text) ?? [];
  const isTarget = isName(stage) && isHost(host) && Number(port) >= 1 && Number(port) <= 65535;
  accept(isTarget, text, 'Give STAGE=HOST:PORT, such as prod=db.prod.example:5432.');
  return [...(before ?? []), { stage, host, port: Number(port) }];
}

export function parseCertificate(text: string): string {
  const expected = 'Give an absolute path of letters, digits and . _ @ + = - such as /etc/haproxy/www.pem.';
  return accept(isCertificatePath(text), text, expected);
}

/** Collects `-v v0.1 v0.2` and `-v v0.1 -v v0.2` alike. */
export function parseVersions(text: string, before: readonly string[] | undefined): string[] {
  return [
    ...(before ?? []),
    accept(isTag(text), text, 'Give an image tag of letters, digits, dots, hyphens, underscores.'),
  ];
}

export function integer(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`);
  };
}

export const parsePort = integer(1, 65535);
export const parsePosition = integer(0, 1000);

/** Seconds that connections may stay on the old way. */
export const parseDrainLimit = integer(0, 3600);

/** Such seconds, or `default` for those of the load balancer. */
export function parseDrainLimitOrDefault(text: string): number | 'default' {
  return text === 'default' ? text : parseDrainLimit(text);
}

/** A position, or `pointer` for that of the endpoint. */
export function parsePositionOrPointer(text: string): number | 'pointer' {
  return text === 'pointer' ? text : parsePosition(text);
}

/** Bytes, with the suffixes k, m and g of the Docker client. */
export function parseMemory(text: string): number {
  const match = /^(\d{1,9})([kmg]?)b?$/i.exec(text);
  const factor = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match?.[2]?.toLowerCase() ?? ''] ?? 1;
  const bytes = Number(match?.[1] ?? 0) * factor;
  // The engine refuses less than 6 MiB.
  if (bytes >= 6 * 1024 ** 2 && bytes <= 2 ** 50) return bytes;
  throw new InvalidArgumentError('Give at least 6m, such as 512m or 2g.');
}

/** Numbers, because a name means what the image says it means; root is nobody's choice here, but the image's. */
export function parseUser(text: string): string {
  return accept(isOrdinaryUser(text), text, 'Give numbers other than 0, such as 1000 or 1000:1000.');
}

export function parseCpus(text: string): number {
  const value = /^\d{1,4}(\.\d{1,3})?$/.test(text) ? Number(text) : NaN;
  if (value >= 0.01) return value;
  throw new InvalidArgumentError('Give a number of CPUs such as 0.5.');
}

export function parseHealthPath(text: string): string {
  return accept(/^\/[A-Za-z0-9._~/?=&%-]{0,199}$/.test(text), text, 'Give a path such as /health.');
}

export function parseVariable(
  text: string,
  before: Record<string, string> | undefined,
): Record<string, string> {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)=([^\0\r\n]*)$/.exec(text);
  if (match?.[1] === undefined) throw new InvalidArgumentError('Give NAME=value.');
  return { ...before, [match[1]]: match[2] ?? '' };
}

export function parseFile(text: string, before: readonly string[] | undefined): string[] {
  return [
    ...(before ?? []),
    resolve(accept(text !== '' && !text.includes('\0'), text, 'Give the path of a file.')),
  ];
}

/** `NAME=PATH`, or a path whose last part is the name. */
export function parseSecretFile(text: string, before: readonly SecretFile[] | undefined): SecretFile[] {
  const match = /^(?:([^=/]+)=)?(.+)$/.exec(text);
  const path = resolve(match?.[2] ?? '');
  const name = match?.[1] ?? basename(path);
  accept(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name),
    text,
    'Give NAME=PATH, with a name of letters, digits and . _ -',
  );
  return [...(before ?? []), { name, path }];
}

function accept(valid: boolean, text: string, expected: string): string {
  if (!valid) throw new InvalidArgumentError(expected);
  return text;
}
