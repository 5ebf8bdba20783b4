import { afterEach, describe, expect, it } from '@jest/globals';
import { setLink } from '../../src/haproxy/links.ts';
import { addServer, drainServer, removeServer } from '../../src/haproxy/runtime.ts';
import { askWorker, oldWorkersOf } from '../../src/haproxy/worker.ts';
import { startMaster, type ScriptedMaster } from '../support/scriptedMaster.ts';

/** What a real HAProxy says too briefly or too seldom to be met for sure: while it re-executes itself, or when it refuses. */

let master: ScriptedMaster | undefined;

afterEach(() => master?.stop());

const end = '\nCMANAGE_GENERATION=0123456789ab\n\n';
const processes =
  '#<PID> <type>\n9173 master 1 2.6.12\n# workers\n9176 worker 0\n# old workers\n9170 worker 1\n';

describe('askWorker', () => {
  it('runs all commands in one go', async () => {
    master = await startMaster([`one\ntwo${end}`]);
    expect(await askWorker(master.connection, 'asking', 'show one', 'show two')).toMatch(/^one\ntwo\n/);
    expect(master.asked).toEqual(['@1; show one; show two; show env CMANAGE_GENERATION']);
  });

  it.each([
    ['was not given', ''],
    ['was cut off', '1\n# be_id'],
    ['came from a master without a worker', "Can't find the target PID matching the prefix '@1'\n"],
  ])('asks again where an answer %s', async (_case, broken) => {
    master = await startMaster([broken, broken, `whole${end}`]);
    expect(await askWorker(master.connection, 'asking', 'show it')).toMatch(/^whole\n/);
    expect(master.asked).toHaveLength(3);
  });
});

describe('oldWorkersOf', () => {
  it('asks again where there is no list', async () => {
    master = await startMaster(['', processes]);
    expect(await oldWorkersOf(master.connection, 'asking')).toEqual([9170]);
    expect(master.asked).toEqual(['show proc', 'show proc']);
  });
});

const header = '# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port';
const none = `1\n${header}\n\n`;
const inState = (admin: number): string => `1\n${header}\n6 web 1 first 192.0.2.11 2 ${admin} 10 20000\n\n`;
const [ready, present] = [inState(0), inState(1)];

describe('a change that HAProxy does not make, whatever it says', () => {
  it('of the state', async () => {
    master = await startMaster([`${ready}Proxy is disabled.\n\n${ready}${end}`]);
    const fact = "it is 'ready' with weight 10; HAProxy says: Proxy is disabled";
    await expect(drainServer(master.connection, 'web', 'first')).rejects.toThrow(
      `draining first in web: ${fact}`,
    );
  });

  it('of a new server', async () => {
    const server = { name: 'first', address: '192.0.2.11', port: 20000, weight: 10 };
    master = await startMaster([
      `${none}New server registered.\n\n${present}${end}`,
      present + present + end,
    ]);
    const adding = addServer(master.connection, 'web', server);
    await expect(adding).rejects.toThrow("lb01: adding first to web: it is 'maint' with weight 10");
  });

  it.each([
    ['of a link', 'web', '', `${ready}${end}`, 'nowhere'],
    ['of a link that leads elsewhere', 'web', '0x1 8080 old\n', `${ready}0x1 8080 old\n${end}`, 'old'],
    ['of a link that is to end', null, '0x1 8080 web\n', `0x1 8080 web\n${end}`, 'web'],
    ['of a link with two entries', 'web', '', `${ready}0x1 8080 web\n0x2 8080 web\n${end}`, 'web, web'],
  ])('%s', async (_case, backend, before, after, values) => {
    master = await startMaster([ready + before + end, after]);
    const linking = setLink(master.connection, '/links.map', 8080, backend);
    await expect(linking).rejects.toThrow(`afterwards the map leads it to ${values}`);
  });
});

describe('removeServer', () => {
  const idle = '# pxname,svname,qcur,qmax,scur,smax,status,\nweb,first,0,0,0,0,MAINT,\n\n';
  const drained = [present + present + end, idle + end, processes.replace('9170 worker 1\n', '')];
  const held = `${present}Server still has connections attached to it, cannot remove it.\n${present}${end}`;

  it('waits where HAProxy still holds a connection of a server without a session', async () => {
    master = await startMaster([...drained, held, held, `${present}Server deleted.\n${none}${end}`]);
    const said = await removeServer(master.connection, 'web', 'first', 5);
    expect(said).toMatch(/^removed, drained after/);
    expect(master.asked.filter((line) => line.includes('del server web/first'))).toHaveLength(3);
  });

  it('gives up at once where HAProxy refuses for another reason', async () => {
    const used =
      'This server cannot be removed at runtime due to other configuration elements pointing to it.';
    master = await startMaster([...drained, `${present}${used}\n${present}${end}`]);
    const removing = removeServer(master.connection, 'web', 'first', 5);
    await expect(removing).rejects.toThrow(
      `lb01: removing first from web: it is 'maint' with weight 10; HAProxy says: This server cannot`,
    );
    expect(master.asked).toHaveLength(4);
  });
});
