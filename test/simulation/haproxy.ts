import { after, virtualTime } from './clock.ts';

/** HAProxy's master and worker as far as cmanage asks them; test/simulation/haproxy.test.ts compares them with real ones. */

export type SimulatedServer = {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  weight: number;
  admin: 'ready' | 'drain' | 'maint';
  /** Until when requests are under way that came before it took no more. */
  busyUntil: number;
};

type Worker = {
  readonly pid: number;
  readonly generation: string | null;
  readonly backends: Map<string, Map<string, SimulatedServer>>;
  readonly usesMap: boolean;
  /** In their order; of several with one key the first is in effect. */
  links: { readonly reference: string; readonly key: string; value: string }[];
  /** Requests that came in by a link which leads elsewhere by now. */
  sessions: { readonly id: string; readonly port: number; readonly backend: string; until: number }[];
};

/** A worker of an earlier configuration: it takes nothing new, and ends with its last request. */
type OldWorker = {
  readonly pid: number;
  readonly until: number;
  readonly servers: readonly SimulatedServer[];
};

export type BalancerWorld = {
  readonly random: () => number;
  /** Called when what it serves has changed. */
  readonly onChange: () => void;
};

const columns =
  'be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';
const adminBits = { ready: 0, maint: 1, drain: 8 };

export class SimulatedHaproxy {
  readonly name: string;
  readonly mapPath: string;
  readonly world: BalancerWorld;
  /** Its files. */
  config: string | null = null;
  map: string | null = null;
  /** How many of the coming reloads fail, as when an address cannot be bound. */
  refusing = 0;
  worker: Worker | null = null;
  private old: OldWorker[] = [];
  private reloads = 0;
  private failed = 0;
  private pids = 100;
  /** While the master re-executes itself it answers nobody. */
  private awayUntil = 0;

  constructor(name: string, mapPath: string, world: BalancerWorld) {
    this.name = name;
    this.mapPath = mapPath;
    this.world = world;
  }

  start(): void {
    this.worker = this.load();
  }

  /** It is ended and started again, as by its machine: what it was told is forgotten. */
  restart(): void {
    this.old = [];
    this.reloads = 0;
    this.failed = 0;
    this.worker = this.load();
    this.world.onChange();
  }

  /** What a line on the master's socket is answered; null where the connection is refused. */
  answer(line: string): string | null {
    if (virtualTime() < this.awayUntil) return null;
    const commands = line.split('; ');
    if (commands[0] === 'reload') {
      this.reload();
      return '';
    }
    if (commands[0] === 'show proc') return this.processes();
    if (commands[0] !== '@1') throw new Error(`the simulated master knows no '${line}'`);
    const answers = commands.slice(1).map((command) => this.tell(command));
    this.world.onChange();
    return answers.join('');
  }

  /** All that may send a request to an address now. */
  *asking(address: string, port: number): Generator<string> {
    const now = virtualTime();
    for (const [backend, servers] of this.worker?.backends ?? []) {
      for (const server of servers.values()) {
        if (server.address !== address || server.port !== port) continue;
        if (server.admin === 'ready') yield `${backend} sends requests to it`;
        else if (server.busyUntil > now) yield `${backend} has requests under way at it`;
      }
    }
    for (const { pid, until, servers } of this.old) {
      if (until <= now) continue;
      if (servers.some((server) => server.address === address && server.port === port))
        yield `old worker ${pid} may send requests to it`;
    }
  }

  private load(): Worker {
    const text = this.config ?? '';
    const backends = new Map<string, Map<string, SimulatedServer>>();
    let servers = new Map<string, SimulatedServer>();
    for (const [, backend, server = ''] of text.matchAll(/^(?:backend (\S+)| {4}server (.+))$/gm)) {
      if (backend !== undefined) {
        servers = new Map();
        backends.set(backend, servers);
        continue;
      }
      const [name = '', place = '', , weight] = server.split(' ');
      const [address = '', port] = place.split(':');
      servers.set(name, {
        name,
        address,
        port: Number(port),
        weight: Number(weight),
        admin: 'ready',
        busyUntil: 0,
      });
    }
    const usesMap = text.includes(this.mapPath);
    const lines = usesMap ? (this.map ?? '').split('\n').filter((line) => line !== '') : [];
    const links = lines.map((line, index) => {
      const [key = '', value = ''] = line.split(' ');
      return { reference: `0x${(index + 1).toString(16)}`, key, value };
    });
    const generation = /setenv CMANAGE_GENERATION ([0-9a-f]{12})/.exec(text)?.[1] ?? null;
    return { pid: this.pids++, generation, backends, usesMap, links, sessions: [] };
  }

  private reload(): void {
    const away = 5 + this.world.random() * 60;
    this.awayUntil = virtualTime() + away;
    after(away / 2, () => {
      this.reloads++;
      if (this.refusing > 0) {
        this.refusing--;
        this.failed++;
        return;
      }
      const { worker } = this;
      if (worker) {
        const servers = [...worker.backends.values()].flatMap((list) => [...list.values()]);
        const lasting = servers.filter(
          ({ admin, busyUntil }) => admin === 'ready' || busyUntil > virtualTime(),
        );
        this.old.push({ pid: worker.pid, until: virtualTime() + this.rest(), servers: lasting });
      }
      this.worker = this.load();
      this.world.onChange();
    });
  }

  /** How long requests last that are under way. */
  private rest(): number {
    const drawn = this.world.random();
    return drawn < 0.5 ? 0 : (drawn - 0.5) ** 2 * 12_000;
  }

  private processes(): string {
    const old = this.old.filter(({ until }) => until > virtualTime());
    this.old = old;
    const failed = this.failed > 0 ? ` [failed: ${this.failed}]` : '';
    const line = (pid: number): string =>
      `${pid}             worker          0               0d00h00m01s     2.6.12\n`;
    return [
      '#<PID>          <type>          <reloads>       <uptime>        <version>\n',
      `1               master          ${this.reloads}${failed}               0d00h00m01s     2.6.12\n`,
      '# workers\n',
      this.worker ? line(this.worker.pid) : '',
      ...(old.length > 0 ? ['# old workers\n', ...old.map(({ pid }) => line(pid))] : []),
      '# programs\n\n',
    ].join('');
  }

  /** A command to the worker. */
  private tell(command: string): string {
    const { worker } = this;
    if (!worker) return '';
    const words = command.split(' ');
    switch (words.slice(0, 2).join(' ')) {
      case 'show env':
        return worker.generation === null
          ? 'Variable not found\n'
          : `CMANAGE_GENERATION=${worker.generation}\n\n`;
      case 'show servers':
        return this.showServers(worker, words[3]);
      case 'show stat':
        return this.showStat(worker, words[2] ?? '');
      case 'show map':
        return worker.usesMap && words[2] === this.mapPath
          ? `${worker.links.map(({ reference, key, value }) => `${reference} ${key} ${value}\n`).join('')}\n`
          : 'Unknown map identifier. Please use #<id> or <file>.\n\n';
      case 'show sess':
        return this.showSessions(worker);
      case 'add server':
        return this.addServer(worker, words);
      case 'del server':
        return this.deleteServer(worker, words[2] ?? '');
      case 'set server':
        return this.setServer(worker, words);
      case 'enable health':
      case 'enable dynamic-cookie':
        return '\n';
      case 'add map':
      case 'set map':
      case 'del map':
        return this.changeMap(worker, words);
      case 'shutdown sessions': {
        const server = serverAt(worker, words[3] ?? '');
        if (server) server.busyUntil = 0;
        return '\n';
      }
      case 'shutdown session': {
        const session = worker.sessions.find(({ id }) => id === words[2]);
        if (session) session.until = 0;
        return '\n';
      }
      default:
        throw new Error(`the simulated worker knows no '${command}'`);
    }
  }

  private showServers(worker: Worker, backend: string | undefined): string {
    if (backend !== undefined && !worker.backends.has(backend)) return "Can't find backend.\n\n";
    const shown = [...worker.backends].filter(([name]) => backend === undefined || name === backend);
    const rows = shown.flatMap(([name, servers], index) =>
      [...servers.values()].map(
        (server, at) =>
          `${index + 3} ${name} ${at + 1} ${server.name} ${server.address} ${server.admin === 'maint' ? 0 : 2} ${adminBits[server.admin]} ${server.weight} ${server.weight} 1 6 3 4 6 0 0 0 - ${server.port} - 0 0 - - 0\n`,
      ),
    );
    return `1\n# ${columns}\n${rows.join('')}\n`;
  }

  private showStat(worker: Worker, backend: string): string {
    const servers = worker.backends.get(backend);
    if (!servers) return 'No such proxy.\n\n';
    const now = virtualTime();
    const rows = [...servers.values()].map(
      ({ name, admin, busyUntil }) =>
        `${backend},${name},0,0,${admin === 'ready' || busyUntil > now ? 1 : 0},1,`,
    );
    return ['# pxname,svname,qcur,qmax,scur,smax,', ...rows, '', ''].join('\n');
  }

  private showSessions(worker: Worker): string {
    const now = virtualTime();
    worker.sessions = worker.sessions.filter(({ until }) => until > now);
    const texts = worker.sessions.map(
      ({ id, port, backend }) =>
        `${id}: [..] id=1 proto=tcpv4\n  frontend=links-http (id=2 mode=http), listener=? (id=1) addr=192.0.2.10:${port}\n  backend=${backend} (id=3 mode=http)\n`,
    );
    return `${texts.join('')}\n`;
  }

  private addServer(worker: Worker, words: readonly string[]): string {
    const [backend = '', name = ''] = (words[2] ?? '').split('/');
    const servers = worker.backends.get(backend);
    if (!servers) return 'No such backend.\n\n';
    if (servers.has(name)) return 'Already exists a server with the same name in backend.\n\n';
    const [address = '', port] = (words[3] ?? '').split(':');
    const weight = Number(words[words.indexOf('weight') + 1]);
    servers.set(name, { name, address, port: Number(port), weight, admin: 'maint', busyUntil: 0 });
    return 'New server registered.\n\n';
  }

  private deleteServer(worker: Worker, at: string): string {
    if (!worker.backends.has(at.split('/')[0] ?? '')) return 'No such backend.\n\n';
    const server = serverAt(worker, at);
    if (!server) return 'No such server.\n\n';
    if (server.admin !== 'maint') return 'Only servers in maintenance mode can be deleted.\n\n';
    if (server.busyUntil > virtualTime() || this.world.random() < 0.2) {
      return 'Server still has connections attached to it, cannot remove it.\n\n';
    }
    worker.backends.get(at.split('/')[0] ?? '')?.delete(server.name);
    return 'Server deleted.\n\n';
  }

  private setServer(worker: Worker, [, , at = '', what, value = '']: readonly string[]): string {
    if (!worker.backends.has(at.split('/')[0] ?? '')) return 'No such backend.\n\n';
    const server = serverAt(worker, at);
    if (!server) return 'No such server.\n\n';
    if (what === 'weight') server.weight = Number(value);
    else if (what === 'state') {
      if (server.admin === 'ready' && value !== 'ready') server.busyUntil = virtualTime() + this.rest();
      server.admin = value as SimulatedServer['admin'];
    } else if (what !== 'health') throw new Error(`the simulated worker sets no ${what ?? ''}`);
    return '\n';
  }

  private changeMap(worker: Worker, [verb, , map, key = '', value = '']: readonly string[]): string {
    if (!worker.usesMap || map !== this.mapPath)
      return 'Unknown map identifier. Please use #<id> or <file>.\n\n';
    const isMeant = (link: Worker['links'][number]): boolean =>
      key.startsWith('#') ? `#${link.reference}` === key : link.key === key;
    const before = worker.links.find(isMeant);
    if (verb === 'add') {
      worker.links.push({
        reference: `0x${(0x1000 + worker.links.length + this.pids++).toString(16)}`,
        key,
        value,
      });
      return '\n';
    }
    if (!before) return verb === 'set' ? 'entry not found.\n\n' : 'Key not found.\n\n';
    this.leaveBehind(worker, before);
    if (verb === 'set') for (const link of worker.links.filter(isMeant)) link.value = value;
    else worker.links = worker.links.filter((link) => !isMeant(link));
    return '\n';
  }

  private leaveBehind(worker: Worker, link: Worker['links'][number]): void {
    const until = virtualTime() + this.rest();
    if (until === virtualTime()) return;
    worker.sessions.push({
      id: `0x${(0x100000 + this.pids++).toString(16)}`,
      port: Number(link.key),
      backend: link.value,
      until,
    });
  }
}

function serverAt(worker: Worker, at: string): SimulatedServer | undefined {
  const [backend = '', name = ''] = at.split('/');
  return worker.backends.get(backend)?.get(name);
}
