import { defaultEndpointOptions, type Balance, type EndpointOptions } from '../model/traffic.ts';
import type { Frontend } from './fronts.ts';
import { word } from './word.ts';

/** The options of endpoints as lines of HAProxy's configuration. What is as in its section `defaults` is not repeated. */

/** What is known of the content of certificates' files, by their paths: the SHA-256 in hexadecimal digits. */
export type Fingerprints = Readonly<Record<string, string>>;

/** The lines of a frontend, after its first. */
export function frontendLines(frontend: Frontend, fingerprints: Fingerprints = {}): string[] {
  const { address, port, certificates, mode, timeoutClient } = frontend;
  return [
    ...certificates.flatMap((path) => fingerprintLine(path, fingerprints[path])),
    `    bind ${word(address ?? '*')}:${port}${tls(frontend)}`,
    ...modeLines(mode),
    // It is about HTTP, and HAProxy warns where it is inherited by anything else.
    ...(mode === 'tcp' ? ['    no option idle-close-on-response'] : []),
    ...timeoutLine('client', timeoutClient, defaultEndpointOptions.timeoutClient),
    ...(frontend.redirectTo === null ? hostLines(frontend) : redirectLines(frontend.redirectTo)),
  ];
}

/** A comment that tells one content of a certificate's file from another, so that a new one makes another configuration. */
function fingerprintLine(path: string, fingerprint: string | undefined): string[] {
  return fingerprint === undefined ? [] : [`    # ${word(path)} has SHA-256 ${word(fingerprint)}`];
}

/** A configuration without what it tells of the content of certificates' files. */
export function withoutFingerprints(config: string): string {
  return config
    .replace(/^ {4}# \S+ has SHA-256 \S+\n/gm, '')
    .replace(/^ {4}setenv CMANAGE_GENERATION .*\n/m, '');
}

/** TLS 1.2 with forward secrecy and authenticated encryption, or later. The certificate is chosen by the name the client asks for. */
function tls({ certificates, mode }: Frontend): string {
  if (certificates.length === 0) return '';
  const files = certificates.map((path) => `crt ${word(path)}`).join(' ');
  const versions = 'ssl-min-ver TLSv1.2 ciphers ECDHE+AESGCM:ECDHE+CHACHA20 no-tls-tickets';
  return ` ssl ${files} ${versions}${mode === 'http' ? ' alpn h2,http/1.1' : ''}`;
}

/**
 * The host name of a request, without port and final dot. `fhdr` and not `hdr`, which would take `a,www.example.com` for
 * two names; HAProxy itself refuses several Host lines and a request line for another host [tried, 2.6.12].
 */
const hostName = 'req.fhdr(host),host_only,rtrim(.)';

function hostLines({ byHost, fallback }: Frontend): string[] {
  const known = byHost.map(({ url }) => `    acl known-host ${hostName} -m str -i ${word(url)}`);
  const uses = byHost.map(
    ({ url, backend }) => `    use_backend ${word(backend)} if { ${hostName} -m str -i ${word(url)} }`,
  );
  if (fallback !== null) return [...uses, `    default_backend ${word(fallback)}`];
  const nobody = 'No service answers to this host name here.';
  return [...known, `    http-request return status 404 ${plainText(nobody)} unless known-host`, ...uses];
}

/** 308, so that what was posted is posted again. Without a host name there is nowhere to redirect to. */
function redirectLines(port: number): string[] {
  const target = `https://%[req.fhdr(host),host_only]${port === 443 ? '' : `:${port}`}%[pathq]`;
  return [
    '    http-request deny deny_status 400 unless { req.fhdr(host) -m found }',
    `    http-request redirect code 308 location ${target}`,
  ];
}

/** The lines of a backend that serves endpoints, before its health check and servers. */
export function backendLines(name: string, options: EndpointOptions): string[] {
  const defaults = defaultEndpointOptions;
  return [
    ...modeLines(options.mode),
    ...balanceLines[options.balance],
    ...timeoutLine('connect', options.timeoutConnect, defaults.timeoutConnect),
    ...timeoutLine('server', options.timeoutServer, defaults.timeoutServer),
    ...timeoutLine('tunnel', options.timeoutTunnel, defaults.timeoutTunnel),
    ...(options.mode === 'http' ? httpLines(name, options) : []),
  ];
}

/** Servers are added at run time, which HAProxy allows for `source` only with a hash that does not depend on their number. */
const balanceLines: Readonly<Record<Balance, readonly string[]>> = {
  roundrobin: ['    balance roundrobin'],
  leastconn: ['    balance leastconn'],
  random: ['    balance random'],
  source: ['    balance source', '    hash-type consistent'],
};

function httpLines(name: string, options: EndpointOptions): string[] {
  const isSecure = options.certificate !== null;
  return [
    ...(options.sticky ? stickyLines(name, isSecure) : []),
    ...(options.forwarded ? forwardedLines(isSecure) : []),
  ];
}

/** What HTTP endpoints answer while no server of theirs can be reached; for the section `defaults`. */
export function maintenanceLine(): string {
  const unavailable = 'This service is not available at the moment. Please try again.';
  return `    http-error status 503 ${plainText(unavailable)} hdr Retry-After 5`;
}

/**
 * The cookie's value is a hash of the server's address and port, so that it outlives reloads, and is the same on every load
 * balancer. Its name is the backend's, because cookies of one host are sent to all of its ports. A server that is added at
 * run time gets its value by `enable dynamic-cookie backend NAME` [tried, 2.6.12].
 */
function stickyLines(name: string, isSecure: boolean): string[] {
  const secure = isSecure ? ' secure' : '';
  return [
    `    cookie cmanage-${word(name)} insert indirect nocache httponly${secure} dynamic`,
    `    dynamic-cookie-key ${word(name)}`,
  ];
}

/** Whatever a client says of itself is taken out, also in the spellings that some frameworks take for the same. */
function forwardedLines(isSecure: boolean): string[] {
  return [
    '    http-request del-header ^(x[-_]forwarded[-_]|forwarded$|x[-_]real[-_]ip$) -m reg',
    '    http-request set-header X-Forwarded-For %[src]',
    `    http-request set-header X-Forwarded-Proto ${isSecure ? 'https' : 'http'}`,
    '    http-request set-header X-Forwarded-Host %[req.fhdr(host)] if { req.fhdr(host) -m found }',
    '    http-request set-header X-Forwarded-Port %[dst_port]',
  ];
}

function modeLines(mode: EndpointOptions['mode']): string[] {
  return mode === 'tcp' ? ['    mode tcp'] : [];
}

function timeoutLine(kind: string, seconds: number, usual: number): string[] {
  return seconds === usual ? [] : [`    timeout ${kind} ${seconds}s`];
}

function plainText(text: string): string {
  return `content-type "text/plain; charset=utf-8" string "${text}\\n"`;
}
