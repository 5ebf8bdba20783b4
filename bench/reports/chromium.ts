import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** A browser without a window, spoken to by its debugging protocol through two pipes, so that it needs no port and no package. */
export type Browser = {
  /** Opens a page of its own for a visit. */
  readonly open: (look: Look) => Promise<Page>;
  readonly close: () => Promise<void>;
};

export type Look = { readonly width: number; readonly height: number; readonly dark: boolean; readonly scripts?: boolean };

export type Page = {
  readonly send: (method: string, parameters?: object) => Promise<Answer>;
  /** Goes to an address, and waits until the page has loaded. */
  readonly visit: (url: string) => Promise<void>;
  /** The value of an expression in the page. */
  readonly value: <T>(expression: string) => Promise<T>;
  readonly close: () => Promise<void>;
};

type Answer = Readonly<Record<string, unknown>>;
type Message = { id?: number; method?: string; sessionId?: string; result?: Answer; error?: { message: string } };

export function startChromium(program = 'chromium'): Browser {
  const profile = mkdtempSync(join(tmpdir(), 'cmanage-chromium-'));
  const flags = ['--headless=new', '--no-sandbox', '--disable-gpu', '--hide-scrollbars', '--remote-debugging-pipe'];
  const child = spawn(program, [...flags, `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [to, from] = [child.stdio[3] as Writable, child.stdio[4] as Readable];
  const waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(message: Message) => void>();
  let [count, rest] = [0, ''];
  from.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\0');
    rest = parts.pop() ?? '';
    for (const message of parts.map((part) => JSON.parse(part) as Message)) {
      const asked = waiting.get(message.id ?? -1);
      waiting.delete(message.id ?? -1);
      if (message.error) asked?.reject(new Error(message.error.message));
      else asked?.resolve(message.result ?? {});
      for (const listener of listeners) listener(message);
    }
  });
  const send = (method: string, params: object = {}, sessionId?: string): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const id = (count += 1);
      waiting.set(id, { resolve, reject });
      to.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
    });
  const heard = (method: string, session: string): Promise<void> =>
    new Promise((resolve) => {
      const listener = (message: Message): void => {
        if (message.method !== method || message.sessionId !== session) return;
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
    });
  return {
    open: async ({ width, height, dark, scripts = true }) => {
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = (await send('Target.attachToTarget', { targetId, flatten: true })) as { sessionId: string };
      const ask = (method: string, parameters?: object): Promise<Answer> => send(method, parameters, sessionId);
      await ask('Page.enable');
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 600 });
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
      await ask('Emulation.setEmulatedMedia', { features });
      await ask('Emulation.setScriptExecutionDisabled', { value: !scripts });
      return {
        send: ask,
        visit: async (url) => {
          const loaded = heard('Page.loadEventFired', sessionId);
          await ask('Page.navigate', { url });
          await loaded;
        },
        value: async <T>(expression: string) => {
          const answer = await ask('Runtime.evaluate', { expression, returnByValue: true, awaitPromise: true });
          if (answer.exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(answer.exceptionDetails)}`);
          return (answer.result as { value: T }).value;
        },
        close: async () => {
          await send('Target.closeTarget', { targetId });
        },
      };
    },
    close: async () => {
      await send('Browser.close');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}
