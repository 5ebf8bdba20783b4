import { describe, expect, it } from '@jest/globals';
import { quote, runScript, writeContent } from '../../src/haproxy/shell.ts';
import type { BalancerConnection } from '../../src/model/connection.ts';

const here: BalancerConnection = {
  name: 'lb01',
  run: [],
  config: '/tmp/none',
  linkMap: '/tmp/none.links.map',
  masterSocket: '/tmp/none',
  program: 'haproxy',
};

describe('runScript', () => {
  it.each([
    ['on this machine', []],
    ['behind a prefix', ['env', 'WHO=prefix']],
  ])('gives what the script printed %s', async (_case, run) => {
    const output = await runScript({ ...here, run }, 'asking', 'echo "$0 ${WHO-nobody}"', 5);
    expect(output).toBe(run.length > 0 ? 'sh prefix' : 'sh nobody');
  });

  it('says who failed, doing what, and why', async () => {
    const failing = runScript(here, 'looking', 'echo because >&2; exit 3', 5);
    await expect(failing).rejects.toThrow('lb01: looking: because');
  });

  it('gives up after its time', async () => {
    const started = performance.now();
    await expect(runScript(here, 'waiting', 'sleep 4', 0.1)).rejects.toThrow('no answer within 0.1 s');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('does not wait for what a script leaves behind, though that holds its output open', async () => {
    const started = performance.now();
    const script = 'setsid sleep 20 & head -c 300000 /dev/zero | tr "\\0" x';
    expect(await runScript(here, 'connecting', script, 15)).toHaveLength(300_000);
    expect(performance.now() - started).toBeLessThan(10_000);
  });

  it.each(["it's", 'a b', '$(id)', '`id`', '"', '\\', "''", '; exit 1', 'a\nb'])(
    'quotes %p',
    async (word) => {
      expect(await runScript(here, 'echoing', `printf %s ${quote(word)}`, 5)).toBe(word);
    },
  );

  it('writes any content to a file', async () => {
    const content = `END_OF_CONTENT\n'"$(id)\u0000\n${'ä'.repeat(500)}\n\n`;
    const script = `tmp=$(mktemp)\n${writeContent('tmp', content)}base64 -w0 "$tmp"; rm -f "$tmp"`;
    const output = await runScript(here, 'writing', script, 5);
    expect(Buffer.from(output, 'base64').toString('utf8')).toBe(content);
  });
});
