/** What /proc says of the sockets that listen on a machine, and of its addresses; no program but a shell is needed. */

export type Bind = { readonly address: string; readonly port: number };
export type Listener = Bind & { readonly inode: string };

/** What the `bind` lines of a configuration that cmanage rendered listen on, with or without options such as those of TLS. */
export function bindsOf(config: string): Bind[] {
  const lines = [...config.matchAll(/^ {4}bind (\S+):(\d+)(?:-(\d+))?(?: .*)?$/gm)];
  return lines.flatMap(([, address = '', from, to = from]) =>
    portsOf(Number(from), Number(to)).map((port) => ({ address, port })),
  );
}

/** There are none beyond the last, whatever a file says that somebody has edited. */
function portsOf(from: number, to: number): number[] {
  if (to < from || to > 65_535) return [];
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/**
 * Parses /proc/net/tcp and /proc/net/tcp6; state 0A is LISTEN. Of the IPv6 sockets only those on all addresses (`::`)
 * can be in the way, because they cover IPv4 too.
 */
export function parseListeners(text: string): Listener[] {
  return text.split('\n').flatMap((line): Listener[] => {
    const match = /^\s*\d+: ([0-9A-F]{8}|0{32}):([0-9A-F]{4}) \S+ 0A (?:\S+ ){5}\s*(\d+) /.exec(
      line.replace(/ +/g, ' '),
    );
    if (!match) return [];
    const [, hex = '', port = '', inode = ''] = match;
    return [{ address: hex.length === 8 ? dotted(hex) : '0.0.0.0', port: parseInt(port, 16), inode }];
  });
}

/** The kernel prints an IPv4 address as one little-endian number. */
function dotted(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .reverse()
    .map((byte) => parseInt(byte, 16))
    .join('.');
}

/** The local addresses in /proc/net/fib_trie: each stands in the line before its `/32 host LOCAL`. */
export function parseLocalAddresses(text: string): Set<string> {
  return new Set([...text.matchAll(/\|-- (\S+)\n\s+\/32 host LOCAL/g)].map(([, address = '']) => address));
}

/** The listener of another program that is in the way of a bind, if there is one. */
export function inTheWay(
  bind: Bind,
  listeners: readonly Listener[],
  own: ReadonlySet<string>,
): Listener | undefined {
  const anyAddress = (address: string): boolean => address === '*' || address === '0.0.0.0';
  return listeners.find(
    (listener) =>
      listener.port === bind.port &&
      !own.has(listener.inode) &&
      (anyAddress(bind.address) || anyAddress(listener.address) || listener.address === bind.address),
  );
}
