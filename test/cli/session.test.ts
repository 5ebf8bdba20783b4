import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSession } from '../../src/cli/session.ts';
import { createDatabase } from '../../src/store/database.ts';
import { temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const etc = join(directory, 'etc');
const host = (engine: string): string => `hosts:\n  docker01: { engine: ${engine}, address: 192.0.2.1 }\n`;

describe('a host that is reached by plain TCP', () => {
  const said: string[] = [];
  beforeEach(() => {
    jest.spyOn(console, 'error').mockImplementation((text: string) => {
      said.push(text);
    });
  });
  afterEach(() => {
    said.length = 0;
    jest.restoreAllMocks();
  });

  it.each([
    [
      'tcp://192.0.2.1:2375, insecure: true',
      ['warning: docker01 is reached by plain TCP (insecure: true): anyone on the way can be this host'],
    ],
    ['unix:///run/docker.sock', []],
  ])('is warned about each time it is asked: %s', async (engine, warnings) => {
    mkdirSync(etc, { recursive: true });
    writeFileSync(join(etc, 'cmanage.yml'), 'environment: test\nstate: ../state/state.db\n');
    writeFileSync(join(etc, 'hosts.yml'), host(engine));
    await createDatabase(join(directory, 'state/state.db'));
    for (let time = 0; time < 2; time++) {
      said.length = 0;
      const session = await openSession({ etc, output: 'table' }, { write: false });
      await session.engineOf('docker01');
      await session.engineOf('docker01');
      await session.close();
      expect(said).toEqual(warnings);
    }
  });
});
