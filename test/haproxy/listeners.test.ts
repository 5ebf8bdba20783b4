import { describe, expect, it } from '@jest/globals';
import { bindsOf, inTheWay, parseListeners, parseLocalAddresses } from '../../src/haproxy/listeners.ts';

/** /proc/net/tcp and /proc/net/tcp6 of a Debian 12 machine. */
const sockets = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 26101 1 0000000000000000 100 0 0 10 0                     
   1: 0A0200C0:0050 00000000:0000 0A 00000000:00000000 00:00000000 00000000   106        0 26102 1 0000000000000000 100 0 0 10 0                     
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 26103 1 0000000000000000 100 0 0 10 0                     
   3: 0100007F:1F90 0100007F:D2A4 01 00000000:00000000 00:00000000 00000000     0        0 26104 1 0000000000000000 20 4 30 10 -1                    
  10: 0100007F:D2A4 0100007F:1F90 06 00000000:00000000 03:00001770 00000000     0        0 0 3 0000000000000000                                      
  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:2382 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 26105 1 0000000000000000 100 0 0 10 0
`;

const routes = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 192.0.2.0/24 2 0 2
        |-- 192.0.2.0
           /24 link UNICAST
        |-- 192.0.2.10
           /32 host LOCAL
        |-- 192.0.2.255
           /32 link BROADCAST
Local:
  +-- 0.0.0.0/0 3 0 5
     |-- 192.0.2.10
        /32 host LOCAL
`;

describe('parseListeners', () => {
  it('reads the sockets that listen, and no connection', () => {
    expect(parseListeners(sockets)).toEqual([
      { address: '127.0.0.1', port: 8080, inode: '26101' },
      { address: '192.0.2.10', port: 80, inode: '26102' },
      { address: '0.0.0.0', port: 22, inode: '26103' },
      { address: '0.0.0.0', port: 9090, inode: '26105' },
    ]);
  });

  it.each(['', 'rubbish', '  0: 0100007F 0A'])('finds nothing in %p', (text) => {
    expect(parseListeners(text)).toEqual([]);
  });
});

describe('parseLocalAddresses', () => {
  it("reads the machine's own addresses, and no network or broadcast address", () => {
    expect(parseLocalAddresses(routes)).toEqual(new Set(['127.0.0.1', '192.0.2.10']));
    expect(parseLocalAddresses('')).toEqual(new Set());
  });
});

describe('inTheWay', () => {
  const listeners = parseListeners(sockets);

  it.each([
    ['a free port', '192.0.2.10', 81, [], undefined],
    ['the same address and port', '192.0.2.10', 80, [], '26102'],
    ['all addresses, where somebody has one', '*', 80, [], '26102'],
    ['0.0.0.0, where somebody has one', '0.0.0.0', 80, [], '26102'],
    ['one address, where somebody has all', '192.0.2.10', 22, [], '26103'],
    ['another address', '192.0.2.11', 80, [], undefined],
    ['IPv6 in its all', '192.0.2.10', 9090, [], '26105'],
    ["HAProxy's own socket", '192.0.2.10', 80, ['26102'], undefined],
    ['its own other socket', '192.0.2.10', 80, ['26103'], '26102'],
  ])('%s', (_case, address, port, own, inode) => {
    expect(inTheWay({ address, port }, listeners, new Set(own))?.inode).toBe(inode);
  });
});

describe('bindsOf', () => {
  it('reads the bind lines that cmanage renders', () => {
    const tls =
      'frontend c\n    # /a.pem has SHA-256 00\n    bind 192.0.2.10:443 ssl crt /a.pem alpn h2,http/1.1\n';
    const config = `frontend a\n    bind 192.0.2.10:80\nfrontend b\n    bind *:8081\n# bind 1.1.1.1:1\n${tls}`;
    expect(bindsOf(config)).toEqual([
      { address: '192.0.2.10', port: 80 },
      { address: '*', port: 8081 },
      { address: '192.0.2.10', port: 443 },
    ]);
    expect(bindsOf('')).toEqual([]);
    expect(bindsOf('    bind *:1-99999999999\n    bind *:9-1\n    bind *:99999\n')).toEqual([]);
  });
});
