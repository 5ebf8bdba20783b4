import { X509Certificate } from 'node:crypto';
import type { BalancerConnection } from '../model/connection.ts';
import { HostError } from '../model/errors.ts';
import type { ClockDifference, Space, Validity } from '../model/examined.ts';
import type { ConfigFile } from './losses.ts';
import { askMaster, quote, runScript } from './shell.ts';

/** What `doctor` asks of a load balancer's machine. Nothing there is changed. */
export type ExaminedBalancer = {
  /** The HAProxy that checks configurations, such as `2.6.12`; null where it does not say. */
  readonly version: string | null;
  readonly clock: ClockDifference;
  /** Where the configuration lies. */
  readonly space: Space | null;
  /** The files that the running HAProxy reads; null where its command line cannot be read. */
  readonly files: readonly ConfigFile[] | null;
  /** The certificates in each file that was asked for, the first one first; null where a file has none that can be read. */
  readonly certificates: ReadonlyMap<string, Validity | null>;
};

export async function examineBalancer(
  balancer: BalancerConnection,
  certificates: readonly string[],
): Promise<ExaminedBalancer> {
  const files = await runningFiles(balancer);
  const script = [
    `echo "version $(${quote(balancer.program)} -v 2>/dev/null | head -n 1)"`,
    `echo "disk $(df -Pk "$(dirname ${quote(balancer.config)})" | tail -n 1)"`,
    // Only what stands between these lines is read: the file has the private key too.
    ...certificates.map(
      (path, index) =>
        `echo "certificate ${index} $(sed -n '/BEGIN CERTIFICATE/,/END CERTIFICATE/p' ${quote(path)} 2>/dev/null | base64 | tr -d '\\n')"`,
    ),
    'echo "clock $(date +%s)"',
  ].join('\n');
  const asked = Date.now();
  const output = await runScript(balancer, 'examining its machine', script, 20);
  const uncertainty = Date.now() - asked + 1000;
  const rest = (word: string): string => new RegExp(`^${word} (.*)$`, 'm').exec(output)?.[1] ?? '';
  const seconds = Number(rest('clock'));
  if (!Number.isInteger(seconds) || seconds === 0)
    throw new HostError(balancer.name, 'examining its machine', 'its clock does not say the time');
  return {
    version: /(\d+\.\d+[^ ]*)/.exec(rest('version'))?.[1] ?? null,
    // `date` gives whole seconds, and is asked last.
    clock: { ahead: seconds * 1000 + 500 - Date.now(), uncertainty },
    space: spaceOf(rest('disk')),
    files,
    certificates: new Map(
      certificates.map((path, index) => [path, validityOf(rest(`certificate ${index}`))] as const),
    ),
  };
}

/** A line of `df -Pk`: the device, then kilobytes in all, used and free. */
export function spaceOf(line: string): Space | null {
  const match = /^\S.*?\s+(\d+)\s+\d+\s+(\d+)\s+\d+%\s/.exec(line);
  return match ? { total: Number(match[1]) * 1024, free: Number(match[2]) * 1024 } : null;
}

/** When all certificates of a file are valid: a chain is only as good as what ends first in it. */
function validityOf(encoded: string): Validity | null {
  const text = Buffer.from(encoded, 'base64').toString('latin1');
  return validityOfChain(text);
}

/** When all certificates in a PEM text are valid; null where there is none that can be read. */
export function validityOfChain(text: string): Validity | null {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? [];
  try {
    const all = blocks.map((block) => new X509Certificate(block));
    if (all.length === 0) return null;
    return {
      from: Math.max(...all.map(({ validFrom }) => Date.parse(validFrom))),
      to: Math.min(...all.map(({ validTo }) => Date.parse(validTo))),
    };
  } catch (error) {
    // OpenSSL's own codes: the text is no certificate, which is what is asked here.
    if (String((error as NodeJS.ErrnoException).code).startsWith('ERR_OSSL')) return null;
    throw error;
  }
}

/** The files behind each -f of the master's command line; a directory stands for the *.cfg in it, as HAProxy reads them. */
async function runningFiles(balancer: BalancerConnection): Promise<ConfigFile[] | null> {
  const master = /^(\d+)\s+master\s/m.exec(await askMaster(balancer, 'show proc'))?.[1];
  if (master === undefined) return null;
  const script = `cd / && tr '\\0' '\\n' < /proc/${master}/cmdline 2>/dev/null || true`;
  const words = (await runScript(balancer, 'reading its command line', script, 10)).split('\n');
  const paths = words.flatMap((word, index) => (words[index - 1] === '-f' ? [word] : []));
  if (paths.length === 0) return null;
  const print = [
    'emit() { echo "file $(printf %s "$1" | base64 | tr -d \'\\n\') $(base64 < "$1" | tr -d \'\\n\')"; }',
    `cd /proc/${master}/cwd`,
    ...paths.map((path) => {
      const file = quote(path);
      return `if [ -d ${file} ]; then for f in ${file}/*.cfg; do emit "$f"; done; else emit ${file}; fi`;
    }),
  ].join('\n');
  const output = await runScript(balancer, 'reading what it reads', print, 10);
  const decode = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
  return [...output.matchAll(/^file (\S+) (\S*)$/gm)].map(([, path = '', text = '']) => ({
    path: decode(path),
    text: decode(text),
  }));
}
