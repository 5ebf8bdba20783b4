import type { EngineTransport } from '../../model/connection.ts';

/** What to do about an engine that cannot be reached, by what was said of it. The first one that fits is the likeliest. */
export function remedyForEngine(transport: EngineTransport, said: string): string {
  const fitting = [...causesBy[transport.kind], ...causes].find(([pattern]) => pattern.test(said));
  return fitting ? fitting[1](transport) : `see that this works: ${byHand(transport)}`;
}

type Cause = readonly [said: RegExp, remedy: (transport: EngineTransport) => string];

const causes: readonly Cause[] = [
  [/ENOTFOUND|EAI_AGAIN/, () => 'give a name that this machine can look up, or an address'],
  [
    /answers HTTP \d+/,
    (transport) =>
      `something else than an engine listens at ${placeOf(transport)}: give the port of the engine`,
  ],
  [
    /ECONNREFUSED/,
    (transport) =>
      `nothing listens at ${placeOf(transport)}: start Docker there, and see where its -H says that it listens`,
  ],
  [
    /ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|no answer within/,
    (transport) =>
      `see that the host is up, and that no firewall keeps this machine from ${placeOf(transport)}`,
  ],
];

const unixCauses: readonly Cause[] = [
  [/ENOENT/, () => "start Docker by 'systemctl start docker', or give the path of its socket"],
  [
    /EACCES|EPERM/,
    () => "join the group docker by 'sudo usermod -aG docker $USER' and log in again, or run cmanage as root",
  ],
  [/ECONNREFUSED/, () => "nobody listens at the socket any more: 'systemctl restart docker'"],
];

const tlsCauses: readonly Cause[] = [
  [/file .* cannot be read/, () => 'put the file there; a relative path begins at hosts.yml'],
  [
    /altnames|ALTNAME/,
    () => 'connect by a name or an address that its certificate has, or make one with subjectAltName',
  ],
  [
    /self.signed|unable to (verify|get)|issuer|unknown ca/i,
    () => 'give the certificate of the authority that signed the one of the engine as ca',
  ],
  [/key values mismatch/, () => 'give the key that belongs to the certificate of cmanage'],
  [
    /DECODER|no start line|PEM|bad (base64|end line)|asn1/i,
    () =>
      'one of the files is no PEM: the first two begin with BEGIN CERTIFICATE, the key with BEGIN ... PRIVATE KEY',
  ],
  [/expired/, () => 'a certificate has expired: make a new one, and see that both clocks are right'],
  [
    /alert|bad certificate|certificate required/i,
    () => 'give the certificate and key that its --tlscacert has signed',
  ],
  [
    /wrong version number|packet length|EPROTO|HTTP/,
    () => 'that port does not speak TLS: start dockerd with --tlsverify',
  ],
];

const sshCauses: readonly Cause[] = [
  [
    /Host key verification failed/,
    (transport) =>
      `say that you know this host: 'ssh ${destinationOf(transport)}' once, and compare the fingerprint that it shows`,
  ],
  [/Permission denied/, (transport) => `let your key in: 'ssh-copy-id ${destinationOf(transport)}'`],
  [/Could not resolve/, () => 'give a name that this machine can look up, or an address'],
  [
    /socket hang up|ECONNRESET|administratively prohibited|open failed/,
    () => 'let the user there use the engine: sudo usermod -aG docker USER',
  ],
];

/** What to do about a registry that does not answer, by what was said of it; nothing where that tells enough. */
export function remediesForRegistry(said: string): string[] {
  return registryCauses.filter(([pattern]) => pattern.test(said)).map(([, remedy]) => remedy);
}

const registryCauses: readonly (readonly [said: RegExp, remedy: string])[] = [
  [/WRONG_VERSION_NUMBER|packet length|EPROTO/, 'it does not speak TLS at that port: change it, and say n'],
  [/ENOTFOUND|EAI_AGAIN/, 'give a name that this machine can look up, or an address'],
  [/ECONNREFUSED/, 'nothing listens there: give its port, as in HOST:5000, or start it'],
  [
    /SELF_SIGNED|UNABLE_TO|self.signed|unable to/,
    'have its authority believed: export NODE_EXTRA_CA_CERTS=FILE, with its certificate in FILE',
  ],
  [
    /no answer within|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/,
    'see that it is up, and that no firewall is between',
  ],
];

const causesBy: Readonly<Record<EngineTransport['kind'], readonly Cause[]>> = {
  unix: unixCauses,
  tls: tlsCauses,
  plain: [],
  ssh: sshCauses,
};

function placeOf(transport: EngineTransport): string {
  switch (transport.kind) {
    case 'unix':
      return transport.socket;
    case 'ssh':
      return transport.destination;
    default:
      return `${transport.host}:${transport.port}`;
  }
}

function destinationOf(transport: EngineTransport): string {
  if (transport.kind !== 'ssh') return placeOf(transport);
  return transport.port === null ? transport.destination : `-p ${transport.port} ${transport.destination}`;
}

/** How a person asks the same engine for a sign of life. */
function byHand(transport: EngineTransport): string {
  switch (transport.kind) {
    case 'unix':
      return `curl --unix-socket ${transport.socket} http://docker/_ping`;
    case 'ssh':
      return `ssh ${destinationOf(transport)} docker version`;
    case 'plain':
      return `curl http://${placeOf(transport)}/_ping`;
    case 'tls':
      return `curl --cacert ${transport.ca} --cert ${transport.cert} --key ${transport.key} https://${placeOf(transport)}/_ping`;
  }
}
