import http from 'node:http';
import type { Lab } from '../../lab/lab.ts';

export type HttpAnswer = { readonly status: number; readonly version: string; readonly container: string };

/** One request through the load balancer, on a connection of its own unless an agent keeps one. */
export function ask(address: string, port: number, agent: http.Agent | false = false): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: address, port, path: '/', agent, timeout: 5000 }, (response) => {
      response.resume();
      response.on('error', reject);
      response.on('end', () => {
        const said = (name: string): string => String(response.headers[name] ?? '');
        resolve({
          status: response.statusCode ?? 0,
          version: said('x-version'),
          container: said('x-container'),
        });
      });
    });
    request.on('timeout', () => request.destroy(new Error('no answer within 5 s')));
    request.on('error', reject);
  });
}

/** Requests after which every server of a backend has answered, also where other clients take turns with these. */
const enoughForAll = 30;

/** What an endpoint's port answers to several requests: the versions and the containers, each once, in order. */
export async function answersAt(
  lab: Lab,
  port: number,
): Promise<{ versions: string[]; containers: string[] }> {
  const answers: HttpAnswer[] = [];
  for (let count = 0; count < enoughForAll; count++) answers.push(await ask(lab.loadbalancer.address, port));
  const once = (values: string[]): string[] => [...new Set(values)].sort();
  return {
    versions: once(answers.map(({ status, version }) => (status === 200 ? version : `status ${status}`))),
    containers: once(answers.map(({ container }) => container)),
  };
}

/** Whether anything takes connections on a port of the load balancer. */
export async function listensAt(lab: Lab, port: number): Promise<boolean> {
  try {
    await ask(lab.loadbalancer.address, port);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false;
    throw error;
  }
}
