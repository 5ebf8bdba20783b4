import { EntitySchema } from 'typeorm';
import type { Container, Edge, Endpoint, External, Retained, Service, Stack } from '../model/state.ts';
import type { EnvironmentRow, FreezeRow, HostRow, LockRow, OperationRow, StepRow } from './rows.ts';

/**
 * The tables, described to TypeORM without classes: the model's plain types are the rows. The DDL itself, with
 * foreign keys and indexes, stands in the migrations; nothing here is ever synchronised into a database.
 */

export const serviceTable = new EntitySchema<Service>({
  name: 'service',
  columns: {
    name: { type: 'text', primary: true },
    image: { type: 'text' },
    pull: { type: 'text' },
    settings: { type: 'simple-json' },
    traffic: { type: 'simple-json' },
    retention: { type: 'simple-json', nullable: true },
    rolling: { type: 'simple-json' },
    nextStack: { type: 'integer', name: 'next_stack' },
  },
});

export const stackTable = new EntitySchema<Stack>({
  name: 'stack',
  columns: {
    name: { type: 'text', primary: true },
    service: { type: 'text' },
    host: { type: 'text' },
    nextContainer: { type: 'integer', name: 'next_container' },
  },
});

const containerColumns = {
  name: { type: 'text', primary: true },
  stack: { type: 'text' },
  position: { type: 'integer' },
  version: { type: 'text' },
  digest: { type: 'text' },
  created: { type: 'text', nullable: true },
  hostPort: { type: 'integer', name: 'host_port' },
  links: { type: 'simple-json' },
} as const;

export const containerTable = new EntitySchema<Container>({ name: 'container', columns: containerColumns });

export const retainedTable = new EntitySchema<Retained>({
  name: 'retained',
  columns: {
    ...containerColumns,
    since: { type: 'integer' },
    retainedAt: { type: 'integer', name: 'retained_at' },
    warm: { type: 'boolean' },
  },
});

export const endpointTable = new EntitySchema<Endpoint>({
  name: 'endpoint',
  columns: {
    name: { type: 'text', primary: true },
    service: { type: 'text' },
    stage: { type: 'text' },
    pointer: { type: 'integer' },
    port: { type: 'integer' },
    address: { type: 'text', nullable: true },
    url: { type: 'text', nullable: true },
    options: { type: 'simple-json' },
  },
});

export const edgeTable = new EntitySchema<Edge>({
  name: 'edge',
  columns: {
    endpoint: { type: 'text', primary: true },
    parent: { type: 'text', primary: true },
    child: { type: 'text', primary: true },
    position: { type: 'integer', nullable: true },
    drainLimit: { type: 'integer', name: 'drain_limit', nullable: true },
  },
});

export const externalTable = new EntitySchema<External>({
  name: 'external',
  columns: {
    name: { type: 'text', primary: true },
    mode: { type: 'text' },
    targets: { type: 'simple-json' },
    healthPath: { type: 'text', name: 'health_path', nullable: true },
  },
});

export const environmentTable = new EntitySchema<EnvironmentRow>({
  name: 'environment',
  columns: {
    id: { type: 'text', primary: true },
    revision: { type: 'integer' },
    fence: { type: 'integer' },
    planKey: { type: 'text', name: 'plan_key' },
  },
});

export const hostTable = new EntitySchema<HostRow>({
  name: 'host',
  columns: { name: { type: 'text', primary: true }, engineId: { type: 'text', name: 'engine_id' } },
});

export const operationTable = new EntitySchema<OperationRow>({
  name: 'operation',
  columns: {
    id: { type: 'integer', primary: true, generated: 'increment' },
    command: { type: 'text' },
    actor: { type: 'text' },
    reason: { type: 'text', nullable: true },
    baseRevision: { type: 'integer', name: 'base_revision' },
    fence: { type: 'integer' },
    status: { type: 'text' },
    plan: { type: 'simple-json' },
    message: { type: 'text', nullable: true },
    startedAt: { type: 'text', name: 'started_at' },
    finishedAt: { type: 'text', name: 'finished_at', nullable: true },
    revision: { type: 'integer', nullable: true },
    summary: { type: 'simple-json', nullable: true },
    finishedBy: { type: 'simple-json', name: 'finished_by', nullable: true },
  },
});

export const stepTable = new EntitySchema<StepRow>({
  name: 'step',
  columns: {
    operation: { type: 'integer', primary: true },
    seq: { type: 'integer', primary: true },
    kind: { type: 'text' },
    host: { type: 'text' },
    object: { type: 'text' },
    status: { type: 'text' },
    result: { type: 'text', nullable: true },
    startedAt: { type: 'text', name: 'started_at', nullable: true },
    finishedAt: { type: 'text', name: 'finished_at', nullable: true },
  },
});

export const lockTable = new EntitySchema<LockRow>({
  name: 'lock',
  columns: {
    name: { type: 'text', primary: true },
    fence: { type: 'integer' },
    operation: { type: 'integer' },
  },
});

export const freezeTable = new EntitySchema<FreezeRow>({
  name: 'freeze',
  columns: {
    name: { type: 'text', primary: true },
    actor: { type: 'text' },
    since: { type: 'text' },
    reason: { type: 'text' },
  },
});

export const tables = [
  serviceTable,
  stackTable,
  containerTable,
  endpointTable,
  edgeTable,
  externalTable,
  retainedTable,
  environmentTable,
  hostTable,
  operationTable,
  stepTable,
  lockTable,
  freezeTable,
];
