import { subscribe } from 'node:diagnostics_channel';
import type { Agent, ClientRequest, IncomingMessage } from 'node:http';

/** The agents whose requests are told that the rest of their answer will never come. */
const agents = new WeakSet<Agent>();

type Received = {
  readonly request: ClientRequest & { readonly agent?: Agent };
  readonly response: IncomingMessage;
};

// In spite of its name, this is published when an answer has begun.
subscribe('http.client.response.finish', (message) => {
  const { request, response } = message as Received;
  if (request.agent === undefined || !agents.has(request.agent)) return;
  response.once('close', () => {
    if (!response.complete)
      request.emit('error', new Error('the connection was lost in the middle of its answer'));
  });
});

/**
 * docker-modem never notices that a connection is lost in the middle of an answer, so that a call would wait for all of its
 * deadline [tried]. Requests of this agent fail at once then.
 */
export function noticingLostAnswers<T extends Agent>(agent: T): T {
  agents.add(agent);
  return agent;
}
