import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** Writes a certificate for some host names, signed by its own key, with the key in the same file: as HAProxy wants it. */
export function makeCertificate(file: string, names: readonly string[]): void {
  const key = `${file}.key-of-its-own`;
  execFileSync(
    'openssl',
    [
      ...[
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
      ],
      ...['-subj', `/CN=${names[0] ?? ''}`],
      ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
      ...['-keyout', key, '-out', file],
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  writeFileSync(file, `${readFileSync(file, 'utf8')}${readFileSync(key, 'utf8')}`, { mode: 0o600 });
  rmSync(key);
}
