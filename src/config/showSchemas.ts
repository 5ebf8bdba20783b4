import { z } from 'zod';
import { profiles } from '../model/profile.ts';
import { containerRow, endpointRow, externalRow, linkRow, serviceRow } from './stateRows.ts';

/**
 * What `cmanage show … -o json` answers, of which docs/schemas has the JSON Schemas. The tests hold every answer against these, key
 * by key; to others, more keys may come (docs/json.md).
 */

const count = z.int().min(0);
const name = z.string();
const names = z.array(name);
const moment = z.iso.datetime().describe('UTC');
const stage = z.string().nullable().describe('null above the last stage');

const container = z.strictObject({
  ...containerRow.pick({ name: true, position: true, version: true, digest: true, links: true }).shape,
  ...{ stage, service: name, stack: name, host: name, port: containerRow.shape.hostPort },
  status: z.string().describe('deployed: not asked. With --live as the engine says, missing, or unreachable'),
});

const stack = z.strictObject({ name, service: name, host: name, containers: z.array(container) });

const endpoint = endpointRow.extend({
  version: z.string().nullable().describe('the one that answers; where several do, each with its weight'),
  containers: names,
});

const retained = container.omit({ position: true, stage: true }).extend({
  warm: z.boolean(),
  revision: count,
  since: moment,
  until: moment.nullable().describe('null where no time is set'),
});

const lastChange = z.strictObject({ operation: count, at: moment, actor: name, command: z.string() });

const service = serviceRow.omit({ nextStack: true }).extend({
  settings: serviceRow.shape.settings.extend({
    env: names.describe('the names of its variables'),
    profile: z.enum(profiles),
  }),
  stacks: z.array(stack),
  endpoints: z.array(endpoint),
  retained: z.array(retained),
  newer: names
    .nullable()
    .describe('tags later than all it runs, the newest first; null where no registry was heard'),
  lastChange: lastChange.nullable(),
});

const drainLimit = z.int().nullable().describe("seconds; null is the load balancer's");

const externalNode = z.strictObject({ external: name, target: z.string().nullable(), drainLimit });

const serviceNode: z.ZodType = z
  .strictObject({
    ...{ service: name, position: count, follows: z.boolean(), version: z.string().nullable() },
    ...{ containers: names, repeated: z.boolean(), drainLimit },
    children: z.array(z.lazy(() => z.union([serviceNode, externalNode]))),
  })
  .meta({ id: 'node' });

const tree = z.strictObject({
  endpoint: name,
  ...endpointRow.pick({ stage: true, address: true, port: true, url: true }).shape,
  root: serviceNode.nullable(),
  trees: z.array(z.strictObject({ weight: count.nullable(), root: serviceNode })),
});

/** What a host or load balancer has said; null where nobody asked. */
const answer = {
  status: z.enum(['ok', 'differs', 'unreachable']).nullable().describe('null without --live'),
  fact: z.string().nullable().describe('what is wrong'),
};

const host = z.strictObject({
  ...{ name, address: z.string(), engine: z.string(), ports: z.string(), containers: count },
  maxContainers: count.nullable(),
  stacks: names,
  ...answer,
});

const loadBalancer = z.strictObject({
  name,
  address: z.string().nullable().describe('null is all addresses'),
  run: z.string().nullable().describe('the words before each command there; null is this machine'),
  ...{ config: z.string(), drainLimit: count, ports: z.array(count), endpoints: count },
  ...answer,
});

const external = externalRow.extend({ trees: names, users: names });

const link = z.strictObject({
  ...{ name, container: name, service: name, host: name, stage, child: name },
  ...{ address: z.string(), port: linkRow.shape.port, mode: linkRow.shape.mode },
  target: z
    .strictObject({
      stage: z.string(),
      position: count.nullable().describe('null for an external service'),
      version: z.string().nullable(),
      answers: names.describe('containers, or the address of an external service'),
    })
    .nullable()
    .describe('null where its calls lead nowhere'),
});

const release = z.strictObject({
  ...{ service: name, version: z.string(), digest: z.string().nullable(), retained: z.boolean() },
  places: z.array(z.strictObject({ position: count, stage, since: moment.nullable() })),
  operation: count.nullable().describe('null where the journal does not have it'),
  ...{ releasedAt: moment.nullable(), actor: name.nullable(), reason: z.string().nullable() },
});

const operation = z.strictObject({
  ...{ id: count, startedAt: moment, actor: name, command: z.string(), underWay: z.boolean() },
  way: z.enum(['forward', 'back', 'clear']).nullable().describe('null where forward and back are open'),
  ...{ done: count, steps: count, services: names.nullable() },
});

const step = z.strictObject({
  ...{ seq: count, kind: z.string(), host: name, object: z.string() },
  status: z.enum(['planned', 'sent', 'done', 'failed', 'skipped', 'compensating', 'compensated']),
  ...{ result: z.string().nullable(), startedAt: moment.nullable(), finishedAt: moment.nullable() },
});

const lock = z.strictObject({
  lock: z.string().describe('service:NAME, balancer:NAME or everything'),
  kind: z.enum(['operation', 'freeze']),
  ...{ operation: count.nullable(), command: z.string().nullable(), actor: name, since: moment },
  reason: z.string().nullable(),
});

/** The schemas by what is shown; `operation` is what `show operation ID` gives. */
export const showSchemas = {
  services: z.array(service),
  stacks: z.array(stack),
  containers: z.array(container),
  endpoints: z.array(endpoint),
  trees: z.array(tree),
  hosts: z.array(host),
  loadbalancers: z.array(loadBalancer),
  externals: z.array(external),
  links: z.array(link),
  releases: z.array(release),
  operations: z.array(operation),
  operation: z.array(step),
  locks: z.array(lock),
  state: z.strictObject({
    ...{ environment: name, revision: count, services: z.array(service), externals: z.array(external) },
    ...{ endpoints: z.array(endpoint), hosts: z.array(host) },
  }),
} as const;

/** The JSON Schema (draft 2020-12) of an answer. It allows more keys than it knows. */
export function jsonSchemaOf(shown: keyof typeof showSchemas): object {
  return z.toJSONSchema(showSchemas[shown], {
    override: ({ jsonSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
}
