import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';

/**
 * Engines are believed in what they say, and not that it has the form of an answer: a proxy in between may say anything.
 * Each of these takes what is read of an answer, or fails with an Error that says what the answer is not.
 */

type Fields = Readonly<Record<string, unknown>>;

export function readInspection(answer: unknown): ContainerInspectInfo {
  const { Id, Name, Config, State, HostConfig, NetworkSettings } = fieldsOf(answer) ?? {};
  const [config, state, limits, network] = [Config, State, HostConfig, NetworkSettings].map(fieldsOf);
  const labels = readLabels(config?.Labels);
  const ports = network?.Ports ?? {};
  const isWhole =
    [Id, Name, state?.Status].every((text) => typeof text === 'string') &&
    [limits?.PortBindings ?? {}, ports].every(isPortMap);
  if (!isWhole || !config || !state || !limits || labels === null)
    throw new Error('its answer is no container');
  const whole = {
    ...(answer as Fields),
    Config: { ...config, Labels: labels },
    NetworkSettings: { ...network, Ports: ports },
  };
  return whole as unknown as ContainerInspectInfo;
}

export function readList(answer: unknown): ContainerInfo[] {
  if (!Array.isArray(answer)) throw new Error('its answer is no list of containers');
  return answer.map((one) => {
    const fields = fieldsOf(one);
    const labels = readLabels(fields?.Labels);
    if (
      !fields ||
      labels === null ||
      !isTextList(fields.Names) ||
      typeof fields.Id !== 'string' ||
      typeof fields.State !== 'string'
    ) {
      throw new Error('its answer is no list of containers');
    }
    return { ...fields, Labels: labels } as unknown as ContainerInfo;
  });
}

/** The text of one field, such as the id that an engine made for itself. */
export function readText(answer: unknown, field: string): string {
  const text = fieldsOf(answer)?.[field];
  if (typeof text !== 'string' || text === '') throw new Error(`its answer has no ${field}`);
  return text;
}

/** Engines say null where there are none. */
function readLabels(labels: unknown): Readonly<Record<string, string>> | null {
  if (labels === null || labels === undefined) return {};
  const fields = fieldsOf(labels);
  const isWhole = fields !== null && Object.values(fields).every((value) => typeof value === 'string');
  return isWhole ? (fields as Record<string, string>) : null;
}

function isPortMap(ports: unknown): boolean {
  const fields = fieldsOf(ports);
  const isBinding = (list: unknown): boolean =>
    list === null || (Array.isArray(list) && list.every((one) => fieldsOf(one) !== null));
  return fields !== null && Object.values(fields).every(isBinding);
}

function isTextList(list: unknown): boolean {
  return Array.isArray(list) && list.every((one) => typeof one === 'string');
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}
