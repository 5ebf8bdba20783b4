import type { Host } from './environment.ts';
import { parametersFor, type Rules } from './rules.ts';

/** The labels a service asks of its hosts, as the rule host-labels says; each is `KEY=VALUE`, or `KEY` for any value. */
export const defaultHostLabels = { required: [] as readonly string[], preferred: [] as readonly string[] };

export function wantedLabels(rules: Rules, service: string): typeof defaultHostLabels {
  return parametersFor(rules, 'host-labels', service, defaultHostLabels);
}

export function hasLabel({ labels }: Host, wanted: string): boolean {
  const [key = '', ...value] = wanted.split('=');
  const found = Object.hasOwn(labels, key) ? labels[key] : undefined;
  return found !== undefined && (value.length === 0 || found === value.join('='));
}
