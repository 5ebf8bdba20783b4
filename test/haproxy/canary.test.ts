import { describe, expect, it } from '@jest/globals';
import { beyond, countsOf, type Canary, type Counts } from '../../src/haproxy/canary.ts';

/**
 * What HAProxy 2.6.12 said of three servers after 40 requests: the first closed the connection on three of its 19, the
 * second answered two of its ten with 500, and nobody listened at the third, so that another one got its request.
 */
const head =
  '# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,';
const broken =
  'webapp-endpoint-prod,webapp-stack1-app1,0,0,0,1,,19,1558,2259,,0,,0,3,0,0,UP,90,1,0,1,1,2,1,,1,3,1,,19,,2,12,,19,L4OK,,0,0,16,0,0,0,0,,,,16,0,0,,,,,1,,,0,0,3,4,';
const failing =
  'webapp-endpoint-prod,webapp-stack1-app2,0,0,0,1,,10,820,1058,,0,,0,0,0,0,UP,60,1,0,1,1,2,1,,1,3,2,,10,,2,8,,10,L4OK,,0,0,8,0,0,2,0,,,,10,0,0,,,,,1,,,0,1,8,9,';
const dead =
  'webapp-endpoint-prod,webapp-stack2-app2,0,0,0,1,,1,0,0,,0,,0,0,0,1,DOWN,30,1,0,1,1,3,3,,1,3,3,,1,,2,0,,1,L4CON,,0,0,0,0,0,0,0,,,,0,0,0,,,,,3,Connection refused,,0,0,0,0,';
/** Without `option redispatch`, four tries to send each of seven requests. */
const unreachable =
  'webapp-endpoint-prod,webapp-stack2-app3,0,0,0,1,,28,574,1519,,0,,7,0,21,0,no check,30,1,0,,,24,,,1,3,3,,7,,2,1,,2,,,,0,0,0,0,0,0,,,,0,0,0,,,,,1,,,0,0,0,0,';
const answer = ['', head, broken, failing, dead, unreachable, '', ''].join('\n');

describe('countsOf', () => {
  it.each([
    ['connections that were closed', ['webapp-stack1-app1'], [19, 3, 3], []],
    ['answers with 500', ['webapp-stack1-app2'], [10, 2, 8], []],
    ['a request that another one got', ['webapp-stack2-app2'], [1, 1, 0], ['webapp-stack2-app2']],
    ['every try of one that cannot be reached', ['webapp-stack2-app3'], [28, 28, 0], []],
    [
      'all of a position together, and the slower mean',
      ['webapp-stack1-app2', 'webapp-stack2-app2'],
      [11, 3, 8],
      ['webapp-stack2-app2'],
    ],
    ['nothing of a server that is not listed', ['svname'], [0, 0, 0], []],
  ])('counts %s', (_case, servers, [requests, failures, responseTime], down) => {
    expect(countsOf(answer, servers)).toEqual({ requests, failures, responseTime, down });
  });

  it.each(['', 'No such proxy.\n\n', `${head}\n`])('counts nothing in %p', (text) => {
    const nothing = { requests: 0, failures: 0, responseTime: 0, down: [] };
    expect(countsOf(text, ['webapp-stack1-app1'])).toEqual(nothing);
  });
});

describe('beyond', () => {
  const limits: Canary['limits'] = { seconds: 60, failures: 0.01, responseTime: 500, requests: 20 };
  const counts: Counts = { requests: 100, failures: 1, responseTime: 500, down: [] };

  it.each<[string, Partial<Counts>, Partial<Canary['limits']>, string | null]>([
    ['what is at its limits', {}, {}, null],
    ['failures', { failures: 2 }, {}, '2 % of its requests failed, and 1 % is the limit'],
    [
      'a hundredth of a percent',
      { requests: 9999, failures: 1 },
      { failures: 0 },
      '0.01 % of its requests failed, and 0 % is the limit',
    ],
    ['slow answers', { responseTime: 501 }, {}, 'its answers take 501 ms, and 500 ms is the limit'],
    ['slow answers where nobody asks for them', { responseTime: 9999 }, { responseTime: null }, null],
    [
      'both, of which the failures are told',
      { failures: 50, responseTime: 501 },
      {},
      '50 % of its requests failed, and 1 % is the limit',
    ],
    ['too few requests to be judged by', { requests: 19, failures: 19 }, {}, null],
    ['just enough', { requests: 20, failures: 19 }, {}, '95 % of its requests failed, and 1 % is the limit'],
    ['no request, where none is demanded', { requests: 0, failures: 0 }, { requests: 0 }, null],
    [
      'a dead server, however few requests it had',
      { requests: 0, failures: 0, down: ['a', 'b'] },
      {},
      'HAProxy finds a and b down',
    ],
  ])('judges %s', (_case, seen, given, expected) => {
    expect(beyond({ ...counts, ...seen }, { ...limits, ...given })).toBe(expected);
  });
});
