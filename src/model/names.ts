/**
 * The names of things. Every name passes `isName` before anything else sees it, so that no name can carry a blank,
 * a quote or a line break into a command, a path or HAProxy's configuration (shared/reliability.md, security defaults).
 */
const namePattern = /^[a-z0-9][a-z0-9-]{0,39}$/;

export const nameRule =
  'lower-case letters, digits and hyphens, at most 40, beginning with a letter or digit';

export function isName(text: string): boolean {
  return namePattern.test(text);
}

/** Whether a text can be the name of a stack, container or endpoint, which begins with its service's name. */
export function isLongName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,99}$/.test(text);
}

/** A stack's name, for example `webapp-stack1`. */
export function stackName(service: string, number: number): string {
  return `${service}-stack${number}`;
}

/** A container's name, for example `webapp-stack1-app4`: known before Docker is asked, and never given twice. */
export function containerName(stack: string, number: number): string {
  return `${stack}-app${number}`;
}

/** An endpoint's full name, for example `webapp-endpoint-prod`. */
export function endpointName(service: string, name: string): string {
  return `${service}-endpoint-${name}`;
}

const component = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const registryHost = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?(?::[0-9]{1,5})?$/;

/** The registry in front of an image's name, or null where there is none: it has a dot or a port, or is `localhost`. */
export function registryOf(image: string): string | null {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && (/[.:]/.test(first) || first === 'localhost') ? first : null;
}

/**
 * Whether a text is an image repository by the distribution grammar: an optional registry, then path components; no
 * tag, no digest. Source: github.com/distribution/reference, regexp.go and normalize.go.
 */
export function isRepository(text: string): boolean {
  const registry = registryOf(text);
  const path = registry === null ? text : text.slice(registry.length + 1);
  const isHost = registry === null || registryHost.test(registry);
  return text.length <= 255 && isHost && path.split('/').every((part) => component.test(part));
}

/** An image tag by the distribution grammar. */
export function isTag(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(text);
}

/** A host name as it stands in a URL, for example `www.example.com`. */
export function isHostName(text: string): boolean {
  const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
  return text.length <= 253 && text.split('.').every((part) => label.test(part));
}

/**
 * Whether a text says where something answers: an IPv4 address, or a host name. What ends in a number is meant as an
 * address, also where it is none (as browsers do it, url.spec.whatwg.org, "ends in a number").
 */
export function isHost(text: string): boolean {
  return isAddress(text) || (isHostName(text) && !/(^|\.)[0-9]+$/.test(text));
}

/** An IPv4 address in dotted decimals. */
export function isAddress(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255)
  );
}

/** The absolute path of a certificate's file, of characters that need no quoting in HAProxy's configuration or a shell. */
export function isCertificatePath(text: string): boolean {
  return text.length <= 255 && /^(\/[A-Za-z0-9._@+=-]+)+$/.test(text);
}
