import type { EngineConnection } from '../model/connection.ts';
import { complain } from './complain.ts';

/** Says of a host that is spoken to without TLS that nobody knows who answers. */
export function warnOfPlain({ name, transport }: EngineConnection): void {
  if (transport.kind !== 'plain') return;
  const text = `warning: ${name} is reached by plain TCP (insecure: true): anyone on the way can be this host`;
  complain('warning', text);
}
