import { serviceNamed } from '../model/lookup.ts';
import { isCertificatePath } from '../model/names.ts';
import type { Endpoint } from '../model/state.ts';
import { balances } from '../model/traffic.ts';
import { constraint, type Finding, type World } from './constraint.ts';
import { isPort, linkPortsAt, publicAddress } from './publicAddress.ts';

export const endpointOptionsRule = constraint({
  code: 'endpoint-options',
  kind: 'correct',
  summary:
    'The options of an endpoint make sense together, endpoints that share a port agree on what is decided before their host name is known, and a port that redirects does nothing else.',
  judge: (world) => [
    ...world.state.endpoints.flatMap((endpoint) => [
      ...malformed(endpoint),
      ...timeouts(endpoint),
      ...contradictions(endpoint),
      ...servedOtherwise(endpoint, world),
    ]),
    ...disagreements(world),
    ...redirects(world),
  ],
});

type Problem = readonly [isWrong: boolean, aspect: string, fact: string, remedy: string];

function problems({ name, service }: Endpoint, list: readonly Problem[]): Finding[] {
  return list
    .filter(([isWrong]) => isWrong)
    .map(([, aspect, fact, remedy]) => ({ service, object: name, aspect, fact, remedy }));
}

function malformed(endpoint: Endpoint): Finding[] {
  const { mode, certificate, balance, redirectFrom } = endpoint.options;
  const said = JSON.stringify;
  return problems(endpoint, [
    [!['http', 'tcp'].includes(mode), 'mode', `${said(mode)} is no mode`, 'choose http or tcp'],
    [
      certificate !== null && !isCertificatePath(certificate),
      'certificate',
      `its certificate ${said(certificate)} is no absolute path of letters, digits and . _ @ + = -`,
      'give one like /etc/haproxy/certs/www.pem, of a file on the load balancer',
    ],
    [
      !balances.includes(balance),
      'balance',
      `there is no balance ${said(balance)}`,
      `choose one of ${balances.join(', ')}`,
    ],
    [
      redirectFrom !== null && !isPort(redirectFrom),
      'redirect-from',
      `${redirectFrom} is no TCP port to redirect from`,
      'choose one from 1 to 65535',
    ],
  ]);
}

/** A week; HAProxy takes up to 24 days. */
const longest = 604_800;

function timeouts(endpoint: Endpoint): Finding[] {
  const { timeoutConnect, timeoutClient, timeoutServer, timeoutTunnel } = endpoint.options;
  const named = {
    connect: timeoutConnect,
    client: timeoutClient,
    server: timeoutServer,
    tunnel: timeoutTunnel,
  };
  return problems(
    endpoint,
    Object.entries(named).map(([name, seconds]) => [
      !(Number.isInteger(seconds) && seconds >= 1 && seconds <= longest),
      `timeout-${name}`,
      `its ${name} timeout of ${seconds} s is no whole number from 1 to ${longest}`,
      `give it --timeout-${name} in seconds`,
    ]),
  );
}

function contradictions(endpoint: Endpoint): Finding[] {
  const { url, port, options } = endpoint;
  const isTcp = options.mode === 'tcp';
  const redirects = options.redirectFrom !== null;
  const ofHttp = 'and it passes on TCP connections';
  return problems(endpoint, [
    [
      isTcp && url !== null,
      'url',
      `requests for ${url} can be told from others only in HTTP, ${ofHttp}`,
      'leave out the --url (or give --no-url), and give it a port of its own',
    ],
    [
      isTcp && options.forwarded,
      'forwarded',
      `X-Forwarded headers are part of HTTP, ${ofHttp}`,
      'give --no-forwarded',
    ],
    [
      isTcp && options.sticky,
      'sticky',
      `the cookie that keeps a client at a container is part of HTTP, ${ofHttp}`,
      "give --no-sticky; --balance source keeps a client's address at one container",
    ],
    [
      isTcp && redirects,
      'redirect-mode',
      `a redirect is part of HTTP, ${ofHttp}`,
      'leave out --redirect-from (or give --no-redirect-from)',
    ],
    [
      redirects && options.certificate === null,
      'redirect-tls',
      `it redirects port ${options.redirectFrom} to https, and has no certificate`,
      'give it a --certificate, or --no-redirect-from',
    ],
    [
      options.redirectFrom === port,
      'redirect-itself',
      `it redirects from port ${port} to itself`,
      'redirect from another port, such as 80',
    ],
  ]);
}

/** What is called by TCP may not even speak HTTP; the other way round, HTTP is passed on as the bytes it is. */
function servedOtherwise(endpoint: Endpoint, { state }: World): Finding[] {
  const service = serviceNamed(state, endpoint.service);
  return problems(endpoint, [
    [
      service?.traffic.mode === 'tcp' && endpoint.options.mode === 'http',
      'service-mode',
      `it speaks HTTP, and its service ${endpoint.service} is called by TCP`,
      'give it --mode tcp',
    ],
  ]);
}

/** What HAProxy decides for a port when a connection comes in, before it knows which endpoint is meant. */
const shared: readonly {
  readonly aspect: string;
  readonly says: (endpoint: Endpoint) => string;
  readonly remedy: string;
}[] = [
  {
    aspect: 'shared-mode',
    says: ({ options }) => (options.mode === 'tcp' ? 'passes on TCP connections' : 'answers HTTP'),
    remedy: 'give both the same --mode',
  },
  {
    aspect: 'shared-tls',
    says: ({ options }) => (options.certificate === null ? 'is without TLS' : 'is with TLS'),
    remedy: 'give both a --certificate or none',
  },
  {
    aspect: 'shared-timeout-client',
    says: ({ options }) => `waits ${options.timeoutClient} s for clients`,
    remedy: 'give both the same --timeout-client',
  },
];

/** Every endpoint is compared with the first one of its port. */
function disagreements({ state, environment }: World): Finding[] {
  const first = new Map<string, Endpoint>();
  return state.endpoints.flatMap((endpoint) => {
    const place = `port ${endpoint.port} of ${publicAddress(endpoint, environment)}`;
    const other = first.get(place);
    if (!other) first.set(place, endpoint);
    if (!other) return [];
    return problems(
      endpoint,
      shared.map(({ aspect, says, remedy }) => [
        says(endpoint) !== says(other),
        aspect,
        `on ${place} it ${says(endpoint)}, and ${other.name} ${says(other)}`,
        `${remedy}, in one 'cmanage changeendpoint', or choose another port`,
      ]),
    );
  });
}

/** A port that redirects does nothing else, and leads to one port. */
function redirects({ state, environment }: World): Finding[] {
  const redirecting = state.endpoints.filter(({ options }) => options.redirectFrom !== null);
  const answering = new Map(
    state.endpoints.map((row) => [`port ${row.port} of ${publicAddress(row, environment)}`, row.name]),
  );
  const first = new Map<string, Endpoint>();
  return redirecting.flatMap((endpoint) => {
    const place = `port ${endpoint.options.redirectFrom} of ${publicAddress(endpoint, environment)}`;
    const owner = answering.get(place) ?? null;
    const links = linkPortsAt(endpoint, endpoint.options.redirectFrom ?? 0, environment);
    const other = first.get(place) ?? endpoint;
    first.set(place, other);
    return problems(endpoint, [
      [
        owner !== null && owner !== endpoint.name,
        'redirect-taken',
        `${place}, from which it redirects, is taken by ${owner}`,
        `redirect from another port, or change that of ${owner}`,
      ],
      [
        links !== undefined,
        'redirect-links',
        `${place}, from which it redirects, is one of those at which containers reach the services they call (${links?.from}-${links?.to})`,
        'redirect from another port, or move the range of links in hosts.yml',
      ],
      [
        other.port !== endpoint.port,
        'redirect-two-ways',
        `${place} redirects to port ${other.port} for ${other.name}, and to ${endpoint.port} for it`,
        'redirect from another port',
      ],
    ]);
  });
}
