import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { teller, type WatchEvent } from '../../../src/cli/drift/tell.ts';
import { temporaryDirectory } from '../../support/files.ts';

const directory = temporaryDirectory();
const event: WatchEvent = { event: 'repairing', text: 'docker01 a\u001b[31mstopped', operation: 3 };

describe('teller', () => {
  let server: Server | null = null;
  const said = { out: [] as string[], err: [] as string[] };

  afterEach(() => {
    jest.restoreAllMocks();
    server?.close();
    server = null;
    said.out.length = said.err.length = 0;
  });

  function listen(): void {
    jest.spyOn(console, 'log').mockImplementation((line: string) => said.out.push(line));
    jest.spyOn(console, 'error').mockImplementation((line: string) => said.err.push(line));
  }

  /** A webhook that answers with a status; returns its address with a secret, and what was posted. */
  async function webhook(status: number): Promise<{ url: string; posted: unknown[] }> {
    const posted: unknown[] = [];
    const here = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        posted.push({ method: request.method, ...(JSON.parse(body) as object) });
        response.writeHead(status, { location: '/elsewhere' }).end();
      });
    });
    server = here;
    await new Promise<void>((resolve) => here.listen(0, '127.0.0.1', resolve));
    return { url: `http://127.0.0.1:${(here.address() as AddressInfo).port}/secret`, posted };
  }

  it('writes a line, posts the event and gives it to the command', async () => {
    listen();
    const { url, posted } = await webhook(200);
    const file = join(directory, 'told');
    await teller('prod', { webhook: url, command: ['tee', file] }, false)(event);
    expect(said.out).toEqual([expect.stringMatching(/^\d{4}-.*Z repairing: docker01 a\\u001b\[31mstopped$/)]);
    const whole = { environment: 'prod', event: 'repairing', operation: 3, findings: [] };
    expect(posted).toEqual([expect.objectContaining({ method: 'POST', ...whole })]);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(whole);
    expect(said.err).toEqual([]);
  });

  it('calls nobody for what is in the log alone, which has JSON where that is asked for', async () => {
    listen();
    const { url, posted } = await webhook(200);
    await teller('prod', { webhook: url, command: null }, true)({ event: 'connected', text: 'x' });
    expect(said.out.map((line) => (JSON.parse(line) as WatchEvent).event)).toEqual(['connected']);
    expect(posted).toEqual([]);
  });

  it.each([
    ['answers with an error', 500, 'answers 500'],
    ['leads elsewhere', 302, 'was not told'],
  ])('goes on where the webhook %s, and does not repeat its address', async (_case, status, words) => {
    listen();
    const { url } = await webhook(status);
    await teller('prod', { webhook: url, command: null }, false)(event);
    expect(said.err).toEqual([expect.stringContaining(words)]);
    expect(said.err.join()).not.toContain('secret');
  });

  it('goes on where nobody listens and the command is not there', async () => {
    listen();
    const settings = { webhook: 'http://127.0.0.1:1/secret', command: ['/nowhere/at-all'] };
    await teller('prod', settings, false)(event);
    expect(said.err).toHaveLength(2);
    expect(said.err.join()).toContain('the command /nowhere/at-all was not told');
  });
});
