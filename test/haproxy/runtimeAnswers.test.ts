import { describe, expect, it } from '@jest/globals';
import {
  parseChange,
  parseGeneration,
  parseLoad,
  parseMap,
  parseServers,
  parseSessions,
} from '../../src/haproxy/runtimeAnswers.ts';

/** Answers of HAProxy 2.6.12, as its master gives them; only columns that nothing here reads are shortened. */

const header =
  '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr srv_agent_port';

const row = (server: string, operation: number, admin: number, weight: number): string =>
  `6 b1 1 ${server} 127.0.0.1 ${operation} ${admin} ${weight} 1 0 15 3 4 6 0 0 0 - 21101 - 0 0 - - 0`;

const state = `
1
${header}
6 b1 1 s1 127.0.0.1 2 8 1 1 0 15 3 4 6 0 0 0 - 21101 - 0 0 - - 0
6 b1 2 s2 127.0.0.1 2 0 256 10 1 15 3 4 6 0 0 0 - 21102 - 0 0 - - 0
7 b2 1 s2 127.0.0.2 0 1 1 1 1 6 3 4 6 0 0 0 - 21102 - 0 0 - - 0

CMANAGE_GENERATION=0123456789ab

`;

describe('parseServers', () => {
  it('reads the servers of every backend', () => {
    const s1 = { name: 's1', address: '127.0.0.1', port: 21101, weight: 1, state: 'drain', up: true };
    const s2 = { name: 's2', address: '127.0.0.1', port: 21102, weight: 256, state: 'ready', up: true };
    const other = { ...s2, address: '127.0.0.2', weight: 1, state: 'maint', up: false };
    expect([...(parseServers(state) ?? [])]).toEqual([
      ['b1', [s1, s2]],
      ['b2', [other]],
    ]);
  });

  it.each([
    ['ready', 2, 0, { state: 'ready', up: true }],
    ['down by its health checks', 0, 0, { state: 'ready', up: false }],
    ['at its slow start', 1, 0, { state: 'ready', up: true }],
    ['in forced maintenance', 0, 1, { state: 'maint', up: false }],
    ['in maintenance by the server it tracks', 0, 2, { state: 'maint', up: false }],
    ['disabled in the file', 0, 5, { state: 'maint', up: false }],
    ['without an address', 0, 32, { state: 'maint', up: false }],
    ['in forced drain', 2, 8, { state: 'drain', up: true }],
    ['in drain by the server it tracks', 2, 16, { state: 'drain', up: true }],
    ['in drain and in maintenance', 0, 9, { state: 'maint', up: false }],
  ])('reads a server that is %s', (_case, operation, admin, expected) => {
    const answer = `1\n${header}\n${row('s1', operation, admin, 1)}\n\n`;
    expect(parseServers(answer)?.get('b1')).toMatchObject([expected]);
  });

  it('reads no server of an empty backend, and nothing of a missing one', () => {
    expect(parseServers(`1\n${header}\n\nVariable not found\n`)).toEqual(new Map());
    expect(parseServers("Can't find backend.\n\nVariable not found\n")).toBeNull();
    expect(parseServers('')).toBeNull();
  });

  it('reads the last of several tables', () => {
    const answer = `1\n${header}\n${row('s1', 2, 0, 1)}\n\n\n1\n${header}\n${row('s1', 2, 0, 7)}\n\n`;
    expect(parseServers(answer)?.get('b1')).toMatchObject([{ weight: 7 }]);
  });
});

describe('parseChange', () => {
  const table = (...rows: string[]): string => `1\n${[header, ...rows].join('\n')}\n\n`;
  const end = 'CMANAGE_GENERATION=0123456789ab\n\n';

  it.each([
    ['a weight that was set', table(row('s1', 2, 0, 1)), '\n', table(row('s1', 2, 0, 7)), [1, 7, '']],
    [
      'a server that was added',
      table(),
      'New server registered.\n\n',
      table(row('s1', 2, 0, 7)),
      [undefined, 7, 'New server registered'],
    ],
    [
      'a server that was deleted',
      table(row('s1', 0, 1, 7)),
      'Server deleted.\n',
      table(),
      [7, undefined, 'Server deleted'],
    ],
    [
      'what was refused',
      table(row('s1', 2, 0, 1)),
      'Absolute weight can only be between 0 and 256 inclusive.\n\n',
      table(row('s1', 2, 0, 1)),
      [1, 1, 'Absolute weight can only be between 0 and 256 inclusive'],
    ],
    [
      'a complaint of two lines',
      table(),
      "invalid character 'x'\n\nin port\n\n",
      table(),
      [undefined, undefined, "invalid character 'x' in port"],
    ],
    [
      'another server alone',
      table(row('s2', 2, 0, 1)),
      'No such server.\n\n',
      table(row('s2', 2, 0, 1)),
      [undefined, undefined, 'No such server'],
    ],
  ])('reads %s', (_case, before, said, after, expected) => {
    const change = parseChange(before + said + after + end, 's1');
    expect([change?.before?.weight, change?.after?.weight, change?.said]).toEqual(expected);
  });

  it('is nothing where there is no such backend', () => {
    const none = "Can't find backend.\n\n";
    expect(parseChange(`${none}No such backend.\n${none}${end}`, 's1')).toBeNull();
    expect(parseChange(table(row('s1', 2, 0, 1)) + end, 's1')).toBeNull();
  });
});

describe('parseLoad', () => {
  const columns = '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,status,\n';
  const answer = `${columns}b1,s1,0,0,2,5,,1,0,0,DRAIN,\nb1,s2,3,4,1,1,,1,0,0,UP,\nb1,s3,0,9,0,9,,1,0,0,UP,\n\n`;

  it('adds up the requests that run and those that wait', () => {
    const loads = ['s1', 's2', 's3', 's4', 'svname'].map((server) => parseLoad(answer, server));
    expect(loads).toEqual([2, 4, 0, null, null]);
  });

  it.each(['', 'No such proxy.\n\n', columns])('finds no server in %p', (text) => {
    expect(parseLoad(text, 's1')).toBeNull();
  });
});

describe('parseMap', () => {
  it('reads the entries in their order, and nothing else of the answer', () => {
    const answer = `\n0x563a3ee73fc0 21081 b1\n0x7fd7940465d0 21081 b2\n0x563a3ee74180 21083 webapp-x\n\n\nCMANAGE_GENERATION=abc\n\n`;
    expect(parseMap(answer)).toEqual([
      { reference: '0x563a3ee73fc0', key: '21081', value: 'b1' },
      { reference: '0x7fd7940465d0', key: '21081', value: 'b2' },
      { reference: '0x563a3ee74180', key: '21083', value: 'webapp-x' },
    ]);
    expect(parseMap('\nVariable not found\n')).toEqual([]);
    expect(parseMap('Unknown map identifier. Please use #<id> or <file>.\n\n')).toEqual([]);
  });
});

describe('parseSessions', () => {
  const session = (
    id: string,
    listener: string,
    backend: string,
  ): string => `${id}: [21/Nov/2026:05:08:59.043678] id=4 proto=tcpv4 source=127.0.0.1:57858
  flags=0x4a, conn_retries=0, conn_exp=<NEVER> conn_et=0x000 srv_conn=0x5557d6ebc0c0, pend_pos=(nil) waiting=0 epoch=0
  frontend=links (id=4 mode=tcp), listener=${listener}
  backend=${backend} addr=127.0.0.1:54140
  server=t1 (id=1) addr=127.0.0.1:21101
  task=0x5557d70cbec0 (state=0x00 nice=0 calls=2 rate=2 exp=1s tmask=0x1 age=0s)
  scf=0x5557d6ea4dd0 flags=0x00000000 state=EST endp=CONN,0x5557d70cb570,0x028c0001 sub=1
      co0=0x7f8ce4039ac0 ctrl=tcpv4 xprt=RAW mux=PASS data=STRM target=LISTENER:0x5557d6eb1e70
`;
  const answer = [
    session('0x5557d6f90770', '? (id=1) addr=127.0.0.1:21083', 't1 (id=8 mode=tcp)'),
    session('0x5557d70cc980', 'links (id=2) addr=10.77.0.1:21081', 'b-1 (id=6 mode=http)'),
    session('0x7f8ce4047d90', '? (id=1) addr=::1:21082', 'b2 (id=7 mode=http)'),
    session('0x5557d70cdab0', '? (id=1) addr=127.0.0.1:21083', '<NONE> (id=-1 mode=-)'),
    session('0x7fa81804f500', '? (id=2)', '<NONE> (id=-1 mode=-)'),
  ].join('');

  it('reads the port and the backend of those that have both', () => {
    expect(parseSessions(`\n${answer}\nCMANAGE_GENERATION=abc\n`)).toEqual([
      { id: '0x5557d6f90770', port: 21083, backend: 't1' },
      { id: '0x5557d70cc980', port: 21081, backend: 'b-1' },
      { id: '0x7f8ce4047d90', port: 21082, backend: 'b2' },
    ]);
    expect(parseSessions('\nVariable not found\n')).toEqual([]);
  });
});

describe('parseGeneration', () => {
  it.each([
    ['the generation', '\n\nCMANAGE_GENERATION=0123456789ab\n\n', '0123456789ab'],
    ['without the last line breaks', 'CMANAGE_GENERATION=0123456789ab', '0123456789ab'],
    ['a configuration that sets none', '\nVariable not found\n', null],
    ['an answer that was cut off', `\n1\n${header}\n`, undefined],
    ['no answer', '', undefined],
    ['a master without a worker', "Can't find the target PID matching the prefix '@1'\n", undefined],
    ['something behind it', 'CMANAGE_GENERATION=0123456789ab\nNo such server.\n', undefined],
  ])('reads %s', (_case, answer, expected) => {
    expect(parseGeneration(answer)).toBe(expected);
  });
});
