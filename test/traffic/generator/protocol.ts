/** What the generator is told on its standard input and answers on its standard output: one JSON value a line. */

export const kinds = ['page', 'api', 'upload', 'slowUpload', 'slow', 'slowApi'] as const;

/** GET /, GET /api, POST /upload, the same with pauses in the body, GET /slow, and /slow that asks its links afterwards. */
export type Kind = (typeof kinds)[number];

/** An address of the load balancer. Several may be of one stage: over TLS and not, or by different names. */
export type Door = {
  /** By which the chains that may answer here are given: `prod`. */
  readonly stage: string;
  readonly host: string;
  readonly port: number;
  /** The authority (PEM) whose certificate it shows; null is plain HTTP. */
  readonly authority: string | null;
  /** How many clients use it, relative to the other doors. */
  readonly share: number;
};

/** The chains that may answer at each stage. */
export type Allowed = Readonly<Record<string, readonly string[]>>;

/** How many requests at each stage each first service answered: `{ prod: { 'webapp v0.2 …': 120 } }`. */
export type Answers = Readonly<Record<string, Readonly<Record<string, number>>>>;

export type Load = {
  readonly doors: readonly Door[];
  /** How many clients; each has one connection at a time, always to the same door. */
  readonly clients: number;
  /** The share of the clients that keep their connection; the others open a new one for each request. */
  readonly kept: number;
  /** The share of the clients that take their time, and the most milliseconds they wait before the next request. */
  readonly lazy: readonly [share: number, most: number];
  /** Requests a second of all other clients together; null is as fast as the answers come. */
  readonly rate: number | null;
  /** How often each kind is asked, relative to the others. */
  readonly mix: Readonly<Record<Kind, number>>;
  /** Milliseconds that slow answers and slow uploads take on purpose: from, to. */
  readonly slow: readonly [number, number];
  /** Milliseconds without a whole answer, beside those on purpose, after which a request has failed. */
  readonly patience: number;
  /**
   * Whether a GET whose reused connection closes without a byte of an answer is sent again, as RFC 9112 9.3.1 lets
   * clients do. It is counted apart then; otherwise as the failure that it would be for a POST.
   */
  readonly retries: boolean;
  readonly seed: number;
};

export type Order =
  | { readonly do: 'start'; readonly load: Load; readonly allowed: Allowed }
  /** An operation begins: until its end, chains that were not allowed before it wait to be judged. */
  | { readonly do: 'begin'; readonly what: string }
  /** It is done: what begins from now on may be answered by what it led to, and by nothing else. */
  | { readonly do: 'done' }
  /** That is this; what began before it was done may still have been answered as it was then. */
  | { readonly do: 'end'; readonly allowed: Allowed; readonly mixing: readonly string[] }
  /** Who answered the requests that began after the last operation had ended. */
  | { readonly do: 'answers' }
  | { readonly do: 'report' }
  /** Ends when the requests under way have ended, with a last report. */
  | { readonly do: 'stop' };

export type Said =
  | { readonly said: 'started' | 'begun' | 'done' | 'ended' }
  | { readonly said: 'answers'; readonly answers: Answers }
  | { readonly said: 'report' | 'stopped'; readonly report: Report };

/** A request that got no answer, or not the one it should have. */
export type Failure = {
  /** Seconds since the start. */
  readonly at: number;
  /** The operation under way, or the one before with `after ` in front. */
  readonly during: string;
  readonly door: string;
  readonly kind: Kind;
  /** `new`, or how many requests the connection had answered before. */
  readonly connection: string;
  readonly what: string;
};

/** Answers from versions that do not belong together, or not to this stage. */
export type WrongStage = {
  readonly at: number;
  readonly during: string;
  readonly stage: string;
  readonly chain: string;
  readonly count: number;
};

/** A request that took long. */
export type Pause = Omit<Failure, 'what'> & { readonly milliseconds: number };

export type KindReport = {
  readonly requests: number;
  readonly failed: number;
  /** Milliseconds from the first byte sent, or the connection begun, to the last one received, without pauses on purpose. */
  readonly median: number;
  readonly p99: number;
  readonly longest: number;
};

export type Report = {
  readonly seconds: number;
  /** Requests that have ended, however they ended. */
  readonly requests: number;
  readonly connections: number;
  readonly uploadedBytes: number;
  readonly failed: number;
  readonly retried: number;
  readonly wrongStage: number;
  /** Answers of some versions of before and some of after, at an endpoint of which cmanage had warned of just that. */
  readonly mixed: number;
  /** Whole chains that were judged, and those of them that named more than one service. */
  readonly judged: { readonly roots: number; readonly chains: number };
  /** The requests that were answered last of all, the longest first; pauses on purpose do not count. */
  readonly longest: readonly Pause[];
  /** The longest that the generator's own process was kept from running; no pause below it can be told from its own. */
  readonly ownLag: number;
  readonly kinds: Readonly<Partial<Record<Kind, KindReport>>>;
  readonly doors: Readonly<Record<string, number>>;
  /** The first twenty of each. */
  readonly failures: readonly Failure[];
  readonly wrongStages: readonly WrongStage[];
};
