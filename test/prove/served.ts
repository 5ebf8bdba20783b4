/** A load balancer on the street: what it serves now, by its file and by what it was told since. */
export type Served = {
  /** The text of its file. */
  config: string;
  /** What its worker does. */
  worker: Worker;
  /** What workers of earlier configurations may still be doing. */
  old: Ways[];
};

type Worker = {
  /** All that its configuration says but servers and links: what no worker can be told. */
  readonly shape: string;
  readonly backends: ReadonlyMap<string, Map<string, ServerNow>>;
  /** The backend each port leads to. */
  readonly links: Map<number, string>;
  /** The backends ports led to before, where requests may still be under way. */
  readonly left: Map<number, Set<string>>;
};

export type ServerNow = {
  readonly at: string;
  weight: number;
  /** Whether it gets requests, may have some from before, or is known to have none. */
  phase: 'takes' | 'drains' | 'drained';
};

/** Where requests may be: at which servers of each backend, and on which ways from a port. */
export type Ways = {
  readonly servers: ReadonlyMap<string, readonly string[]>;
  readonly links: ReadonlyMap<number, readonly string[]>;
};

/** What a configuration says, read from its text. */
export function workerOf(config: string): Worker {
  const backends = new Map<string, Map<string, ServerNow>>();
  const links = new Map<number, string>();
  const rest: string[] = [];
  let servers = new Map<string, ServerNow>();
  for (const line of config.split('\n')) {
    const [first, second = '', third = '', ...words] = line.trim().split(' ');
    if (first === 'backend') {
      servers = new Map();
      backends.set(second, servers);
    }
    if (first === 'server') {
      const weight = words[0] === 'weight' ? Number(words[1]) : Number.NaN;
      servers.set(second, { at: third, weight, phase: 'takes' });
    } else if (first === '#' && /^\d+$/.test(second)) links.set(Number(second), third);
    // Other comments at the beginning of a line are nothing to HAProxy; those of certificates stand below their frontend.
    else if (!line.startsWith('# ')) rest.push(line);
  }
  return { shape: rest.join('\n'), backends, links, left: new Map() };
}

export function servedBy(config: string): Served {
  return { config, worker: workerOf(config), old: [] };
}

/** Where requests may be in a worker. */
export function waysOf({ backends, links, left }: Worker): Ways {
  const servers = [...backends].map(([backend, list]): [string, string[]] => [
    backend,
    [...list].filter(([, { phase }]) => phase !== 'drained').map(([name]) => name),
  ]);
  const ports = new Set([...links.keys(), ...left.keys()]);
  const ways = [...ports].map((port): [number, string[]] => {
    const now = links.get(port);
    return [port, [...(now === undefined ? [] : [now]), ...(left.get(port) ?? [])]];
  });
  return { servers: new Map(servers), links: new Map(ways) };
}

/** All that may still send a request anywhere: the worker, and those before it. */
export function allWays({ worker, old }: Served): Ways[] {
  return [waysOf(worker), ...old];
}

/** Whether a request may be at a container, or come to it. */
export function isAsked(served: Served, container: string): boolean {
  return allWays(served).some(({ servers }) =>
    [...servers.values()].some((list) => list.includes(container)),
  );
}

/** In what a worker serves otherwise than a text says; links that the text does not name are in nobody's way. */
export function otherwiseThan({ backends, links }: Worker, config: string): string[] {
  const said = workerOf(config);
  const lines = (worker: Pick<Worker, 'backends'>): string[] =>
    [...worker.backends].flatMap(([backend, servers]) => [
      `backend ${backend}`,
      ...[...servers]
        .filter(([, { phase }]) => phase === 'takes')
        .map(([name, { at, weight }]) => `${backend} ${name} ${at} ${weight}`),
    ]);
  const [is, should] = [lines({ backends }), lines(said)];
  return [
    ...is.filter((line) => !should.includes(line)).map((line) => `serves ${line}`),
    ...should.filter((line) => !is.includes(line)).map((line) => `does not serve ${line}`),
    ...[...said.links]
      .filter(([port, backend]) => links.get(port) !== backend)
      .map(([port, backend]) => `leads ${port} to ${links.get(port) ?? 'nobody'} and not ${backend}`),
  ];
}
