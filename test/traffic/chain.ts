/**
 * A chain is who answered a request, from the front door's service down: `webapp v0.2 > training v1 > ledger v3`, and
 * with several links `webapp v0.2 > (training v1, user-db v3)`. Two answers came from the same versions when their
 * chains are the same text.
 */

/** What the sample service answers at /api (lab/app/server.mjs). */
export type ApiAnswer = {
  readonly service: string;
  readonly version: string;
  readonly links: Readonly<Record<string, LinkAnswer>>;
};
export type LinkAnswer = ApiAnswer | { readonly error: string };

/** One service with what it calls. */
export type Link = { readonly name: string; readonly chain: string };

/** Links are in the order of their names, whoever asked them in whatever order. */
export function chainOf(service: string, version: string, links: readonly Link[]): string {
  const own = `${service} ${version}`;
  const below = [...links].sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ chain }) => chain);
  const [only] = below;
  if (only === undefined) return own;
  return below.length === 1 ? `${own} > ${only}` : `${own} > (${below.join(', ')})`;
}

/** The chain of an answer. A link that failed, or that another service answered, stands in it as such. */
export function chainOfAnswer({ service, version, links }: ApiAnswer): string {
  const below = Object.entries(links).map(([name, answer]) => ({ name, chain: chainOfLink(name, answer) }));
  return chainOf(service, version, below);
}

const failed = ' failed: ';

/** Whether a request that a service made to answer this one was lost. */
export const hasFailed = (chain: string): boolean => chain.includes(failed);

function chainOfLink(name: string, answer: LinkAnswer): string {
  if ('error' in answer) return `${name}${failed}${answer.error}`;
  const chain = chainOfAnswer(answer);
  return answer.service === name ? chain : `${name} answered by ${chain}`;
}

/** The services of a chain, each with its version. */
export const linksIn = (chain: string): string[] => chain.match(/[\w-]+ v[\w.-]+/g) ?? [];

const more = ' …';

/** Whether an answer named the first service alone. */
export const isRoot = (chain: string): boolean => chain.endsWith(more);

/** What is seen of a chain by an answer that names its first service alone: `webapp v0.2 …`. */
export function rootOf(chain: string): string {
  const [own = chain] = chain.split(' > ', 1);
  return isRoot(own) ? own : `${own}${more}`;
}
