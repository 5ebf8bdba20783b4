/** How outside systems are reached, as hosts.yml says. The pure core never looks at these. */

export type Connection = {
  readonly engines: readonly EngineConnection[];
  readonly balancers: readonly BalancerConnection[];
  readonly registries: readonly RegistryConnection[];
};

/** A Docker engine. */
export type EngineConnection = {
  readonly name: string;
  /** Where the ports that its containers publish are reached. */
  readonly address: string;
  readonly transport: EngineTransport;
  /** How many calls it gets at once. */
  readonly parallel: number;
};

export type EngineTransport =
  | { readonly kind: 'unix'; readonly socket: string }
  | {
      readonly kind: 'tls';
      readonly host: string;
      readonly port: number;
      readonly ca: string;
      readonly cert: string;
      readonly key: string;
    }
  | { readonly kind: 'plain'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'ssh';
      readonly destination: string;
      readonly port: number | null;
      /** The engine's socket on the other side. */
      readonly socket: string;
    };

/** An HAProxy that cmanage configures. */
export type BalancerConnection = {
  readonly name: string;
  /** Words put before every command, for example `ssh lb01`; empty where HAProxy runs on this machine. */
  readonly run: readonly string[];
  readonly config: string;
  /** The file beside it that says which port of the links leads where. */
  readonly linkMap: string;
  readonly masterSocket: string;
  /** The program that checks a configuration; called with `-c -f FILE`. */
  readonly program: string;
};

export type RegistryConnection = {
  /** HOST or HOST:PORT as it stands before the first slash of an image. */
  readonly address: string;
  /** Whether it is spoken to without TLS. */
  readonly insecure: boolean;
  /** A file with one line USER:PASSWORD; null asks the Docker client's config.json. */
  readonly credentials: string | null;
};
