import { after, virtualTime } from './clock.ts';

/** A Docker engine as far as cmanage asks it anything; test/scenarios/simulated.test.ts compares it with a real one. */

export type Body = {
  readonly Image?: string;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly HostConfig?: {
    readonly PortBindings?: Readonly<Record<string, readonly { readonly HostPort: string }[]>>;
    readonly RestartPolicy?: { readonly Name: string };
  };
};

export type Container = {
  readonly id: string;
  name: string;
  readonly body: Body;
  phase: 'creating' | 'created' | 'running' | 'exited' | 'removing';
  policy: string;
  /** Who waits for its end. */
  readonly stopping: ((answer: Answer) => void)[];
  /** When it is healthy after a start; Infinity where it never is. */
  healthyAt: number;
};

export type Request =
  | { readonly verb: 'info' }
  | { readonly verb: 'list'; readonly all: boolean; readonly labels: readonly string[] }
  | { readonly verb: 'create'; readonly name: string; readonly body: Body }
  | { readonly verb: 'inspect' | 'start' | 'logs' | 'archive'; readonly ref: string }
  | { readonly verb: 'stop'; readonly ref: string; readonly grace: number }
  | { readonly verb: 'update'; readonly ref: string; readonly policy: string }
  | { readonly verb: 'remove'; readonly ref: string; readonly force: boolean }
  | { readonly verb: 'image' | 'pull'; readonly image: string };

export type Answer = { readonly status: number; readonly body: unknown };

/** What chance and the world around decide. */
export type Surroundings = {
  readonly random: () => number;
  /** Called before a container that runs ends. */
  readonly onEnd: (engine: SimulatedEngine, container: Container) => void;
  /** Called when a container has changed. */
  readonly onChange: () => void;
  /** Whether a pull brings this image. */
  readonly hasImage: (image: string) => boolean;
  /** Whether containers of this image ever become healthy. */
  readonly isSick: (name: string) => boolean;
};

const done: Answer = { status: 204, body: null };
const notModified: Answer = { status: 304, body: null };

export class SimulatedEngine {
  readonly name: string;
  readonly address: string;
  readonly around: Surroundings;
  readonly containers = new Map<string, Container>();
  readonly images = new Set<string>();
  /** Ports of the host that something else has. */
  readonly taken = new Set<number>();
  private made = 0;

  constructor(name: string, address: string, around: Surroundings) {
    this.name = name;
    this.address = address;
    this.around = around;
  }

  /** Carries a request out; the answer is given when it is done. What it does in the middle others can see. */
  handle(request: Request, answer: (answer: Answer) => void): void {
    switch (request.verb) {
      case 'info':
        answer({ status: 200, body: { ID: `engine of ${this.name}` } });
        break;
      case 'list':
        answer({ status: 200, body: this.list(request.all, request.labels) });
        break;
      case 'image':
        answer(
          this.images.has(request.image)
            ? { status: 200, body: { Id: request.image, Created: '' } }
            : refusal(404, `No such image: ${request.image}`),
        );
        break;
      case 'pull':
        if (this.around.hasImage(request.image)) this.images.add(request.image);
        answer({
          status: 200,
          body: this.images.has(request.image) ? '{"status":"Done"}\n' : '{"error":"manifest unknown"}\n',
        });
        break;
      case 'create':
        this.create(request.name, request.body, answer);
        break;
      default:
        this.onContainer(request, answer);
    }
  }

  find(ref: string): Container | undefined {
    for (const container of this.containers.values()) {
      if (container.phase !== 'creating' && (container.name === ref || container.id === ref))
        return container;
    }
    return undefined;
  }

  /** Puts a container there that runs, as it was before the story begins. */
  place(name: string, body: Body, phase: Container['phase'] = 'running'): Container {
    const container = this.make(name, body);
    container.phase = phase;
    container.healthyAt = 0;
    return container;
  }

  private make(name: string, body: Body): Container {
    const id = `${this.name}-${this.made++}`;
    const policy = body.HostConfig?.RestartPolicy?.Name ?? 'no';
    const container: Container = {
      id,
      name,
      body,
      phase: 'creating',
      policy,
      stopping: [],
      healthyAt: Infinity,
    };
    this.containers.set(id, container);
    return container;
  }

  /** The name is taken at once, and the container can be seen only when it is whole [tried, shared/reliability.md]. */
  private create(name: string, body: Body, answer: (answer: Answer) => void): void {
    if (!this.images.has(body.Image ?? '')) {
      answer(refusal(404, `No such image: ${body.Image ?? ''}`));
      return;
    }
    for (const other of this.containers.values()) {
      if (other.name !== name) continue;
      answer(
        refusal(
          409,
          `Conflict. The container name "/${name}" is already in use by container "${other.id}". You have to remove (or rename) that container to be able to reuse that name.`,
        ),
      );
      return;
    }
    const container = this.make(name, body);
    after(this.around.random() ** 3 * 1500, () => {
      container.phase = 'created';
      answer({ status: 201, body: { Id: container.id, Warnings: [] } });
    });
  }

  private onContainer(request: Extract<Request, { ref: string }>, answer: (answer: Answer) => void): void {
    const container = this.find(request.ref);
    if (!container) {
      answer(refusal(404, `No such container: ${request.ref}`));
      return;
    }
    switch (request.verb) {
      case 'inspect':
        answer({ status: 200, body: this.inspection(container) });
        break;
      case 'logs':
      case 'archive':
        answer({ status: 200, body: Buffer.alloc(0) });
        break;
      case 'update':
        if (container.phase === 'removing') {
          answer(refusal(409, `Container ${container.id} is marked for removal and cannot be "update"`));
          break;
        }
        container.policy = request.policy;
        answer({ status: 200, body: { Warnings: null } });
        break;
      case 'start':
        answer(this.start(container));
        break;
      case 'stop':
        this.stop(container, request.grace, answer);
        break;
      case 'remove':
        this.remove(container, request.force, answer);
        break;
    }
  }

  private start(container: Container): Answer {
    if (container.phase === 'running') return notModified;
    if (container.phase === 'removing')
      return refusal(409, 'container is marked for removal and cannot be started');
    const port = portOf(container);
    const holder = [...this.containers.values()].find(
      (other) => other !== container && other.phase === 'running' && portOf(other) === port,
    );
    if (port !== null && (holder !== undefined || this.taken.has(port))) {
      return refusal(
        500,
        `driver failed programming external connectivity on endpoint ${container.name}: Error starting userland proxy: listen tcp4 0.0.0.0:${port}: bind: address already in use`,
      );
    }
    this.run(container);
    return done;
  }

  private run(container: Container): void {
    container.phase = 'running';
    const { random, isSick } = this.around;
    container.healthyAt = isSick(container.name) ? Infinity : virtualTime() + random() * 2000;
  }

  private stop(container: Container, grace: number, answer: (answer: Answer) => void): void {
    if (container.phase !== 'running') {
      answer(notModified);
      return;
    }
    container.stopping.push(answer);
    // Whoever asks meanwhile waits for the same end.
    if (container.stopping.length > 1) return;
    this.around.onEnd(this, container);
    after(this.around.random() * Math.min(grace, 2) * 1000, () => {
      if (container.phase === 'running') container.phase = 'exited';
      this.around.onChange();
      for (const waiting of container.stopping.splice(0)) waiting(done);
    });
  }

  private remove(container: Container, force: boolean, answer: (answer: Answer) => void): void {
    if (container.phase === 'removing') {
      answer(refusal(409, `removal of container ${container.id} is already in progress`));
      return;
    }
    if (container.phase === 'running' && !force) {
      answer(
        refusal(
          409,
          `You cannot remove a running container ${container.id}. Stop the container before attempting removal or force remove`,
        ),
      );
      return;
    }
    if (container.phase === 'running') this.around.onEnd(this, container);
    container.phase = 'removing';
    after(this.around.random() ** 3 * 1000, () => {
      this.containers.delete(container.id);
      this.around.onChange();
      answer(done);
    });
  }

  /** The engine is killed and starts again: what ran is down, and comes back where its policy says so. */
  restart(): void {
    for (const container of this.containers.values()) {
      if (container.phase === 'creating') this.containers.delete(container.id);
      if (container.phase !== 'running') continue;
      this.around.onEnd(this, container);
      container.phase = 'exited';
      if (container.policy === 'always') this.run(container);
    }
    this.around.onChange();
  }

  private list(all: boolean, labels: readonly string[]): unknown[] {
    return [...this.containers.values()]
      .filter(({ phase }) => phase !== 'creating' && (all || phase === 'running'))
      .filter(({ body }) =>
        labels.every((wanted) => {
          const [key = '', value] = wanted.split(/=(.*)/s);
          const found = body.Labels?.[key];
          return found !== undefined && (value === undefined || found === value);
        }),
      )
      .map(({ id, name, body, phase }) => ({
        Id: id,
        Names: [`/${name}`],
        Labels: body.Labels ?? {},
        State: phase,
      }));
  }

  private inspection(container: Container): unknown {
    const { id, name, body, phase, policy, healthyAt } = container;
    const health = virtualTime() >= healthyAt ? 'healthy' : healthyAt === Infinity ? 'unhealthy' : 'starting';
    return {
      Id: id,
      Name: `/${name}`,
      RestartCount: 0,
      Config: { Labels: body.Labels ?? {} },
      State: {
        ...{ Status: phase, Running: phase === 'running', Restarting: false, ExitCode: 0 },
        Health: { Status: health },
      },
      HostConfig: { RestartPolicy: { Name: policy } },
      NetworkSettings: { Ports: phase === 'running' ? (body.HostConfig?.PortBindings ?? {}) : {} },
    };
  }
}

/** The port of the host that a container publishes. */
export function portOf({ body }: Container): number | null {
  const [first] = Object.values(body.HostConfig?.PortBindings ?? {});
  return first?.[0] ? Number(first[0].HostPort) : null;
}

function refusal(status: number, message: string): Answer {
  return { status, body: { message } };
}
