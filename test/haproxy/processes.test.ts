import { describe, expect, it } from '@jest/globals';
import { parseProcesses } from '../../src/haproxy/processes.ts';
import { HostError } from '../../src/model/errors.ts';

/** Answers of HAProxy 2.6.12 to `show proc` on the master's socket. */
const draining = `#<PID>          <type>          <reloads>       <uptime>        <version>      
9173            master          1 [failed: 1]   0d00h00m09s     2.6.12-1+deb12u4
# workers
9176            worker          1               0d00h00m09s     2.6.12-1+deb12u4
# old workers
9170            worker          2               0d00h01m09s     2.6.12-1+deb12u4
9150            worker          3               0d00h02m09s     2.6.12-1+deb12u4
# programs

`;

const fresh = `#<PID>          <type>          <reloads>       <uptime>        <version>      
9173            master          0               0d00h00m01s     2.6.12-1+deb12u4
# workers
9176            worker          0               0d00h00m01s     2.6.12-1+deb12u4
# programs

`;

const stuck = `#<PID>          <type>          <reloads>       <uptime>        <version>      
41              master          12 [failed: 10] 1d02h03m04s     2.6.12-1+deb12u4
# workers
# old workers
9170            worker          11              0d00h01m09s     2.6.12-1+deb12u4
# programs
77              mine            12              0d00h01m09s     -
`;

describe('parseProcesses', () => {
  it.each([
    [
      'a worker, and two old ones that drain',
      draining,
      { reloads: 1, failed: 1, workers: [9176], oldWorkers: [9170, 9150] },
    ],
    ['a process that was never reloaded', fresh, { reloads: 0, failed: 0, workers: [9176], oldWorkers: [] }],
    [
      'reloads that failed, and a program',
      stuck,
      { reloads: 12, failed: 10, workers: [], oldWorkers: [9170] },
    ],
    [
      'the answer without its last line break',
      draining.trim(),
      { reloads: 1, failed: 1, workers: [9176], oldWorkers: [9170, 9150] },
    ],
  ])('reads %s', (_case, text, expected) => {
    expect(parseProcesses('lb01', text)).toEqual(expected);
  });

  it.each(['', '\n', 'Unknown command.', '#<PID>          <type>\n# workers\n'])('refuses %p', (text) => {
    expect(() => parseProcesses('lb01', text)).toThrow(HostError);
    expect(() => parseProcesses('lb01', text)).toThrow("lb01: asking HAProxy's master: it gives no list");
  });
});
