import type { Environment } from '../model/environment.ts';
import { defaultRolling, type Rolling } from '../model/rolling.ts';
import type { Endpoint } from '../model/state.ts';
import { endpointOptions } from '../model/traffic.ts';

/** An endpoint as people would type it: its URL, or one for each load balancer. */
export function endpointUrls(endpoint: Endpoint, { loadBalancers }: Environment): string[] {
  const { url, address, port } = endpoint;
  const own = loadBalancers.length === 0 ? [null] : loadBalancers.map((balancer) => balancer.address);
  const hosts = url !== null ? [url] : address !== null ? [address] : own.map((one) => one ?? '*');
  const scheme = schemeOf(endpoint);
  const path = endpoint.options.mode === 'tcp' ? '' : '/';
  return [...new Set(hosts)].map(
    (host) => `${scheme}://${host}${usualPorts[scheme] === port ? '' : `:${port}`}${path}`,
  );
}

const usualPorts: Readonly<Record<string, number>> = { http: 80, https: 443 };

function schemeOf({ options: { mode, certificate } }: Endpoint): string {
  if (mode === 'tcp') return certificate === null ? 'tcp' : 'tls';
  return certificate === null ? 'http' : 'https';
}

/** The options that are not the usual ones, as they would be typed but for the hyphens before them. Weights are told with the versions. */
export function optionsTyped({ address, url, options }: Endpoint): string {
  const usual: Readonly<Record<string, unknown>> = endpointOptions({ mode: options.mode });
  const unusual = Object.entries(options).filter(
    ([name, value]) => name !== 'weights' && value !== usual[name],
  );
  // The URL of an endpoint with a host name does not say where that name has to lead.
  const place: [string, unknown][] = url !== null && address !== null ? [['address', address]] : [];
  return [...place, ...unusual].map(([name, value]) => typed(name, value)).join(', ');
}

/** The rolling parameters that are not the usual ones, in the same way. */
export function rollingText(rolling: Rolling): string {
  const usual: Readonly<Record<string, unknown>> = defaultRolling;
  return Object.entries(rolling)
    .filter(([name, value]) => value !== usual[name])
    .map(([name, value]) => typed(name, value))
    .join(', ');
}

function typed(name: string, value: unknown): string {
  const option = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === true) return option;
  return value === false ? `no-${option}` : `${option} ${String(value)}`;
}
