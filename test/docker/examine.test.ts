import { afterAll, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:tls';
import { readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { examineEngine, serverValidity, spaceOfDriver } from '../../src/docker/examine.ts';
import { HostError, UserError } from '../../src/model/errors.ts';
import { makeCertificate } from '../support/certificates.ts';
import { fakeEngines } from '../support/fakeEngine.ts';
import { temporaryDirectory } from '../support/files.ts';

const make = fakeEngines();
const directory = temporaryDirectory();
const day = 86_400_000;

describe('examineEngine', () => {
  it('tells how far its clock is off, whether containers outlive it, and where they lie', async () => {
    const fake = await make('docker01');
    fake.info = {
      ServerVersion: '20.10.24',
      LiveRestoreEnabled: true,
      DockerRootDir: '/var/lib/docker',
      // Told when it is asked, however long it takes to ask on a busy machine.
      get SystemTime() {
        return new Date(Date.now() + day).toISOString();
      },
      DriverStatus: null,
    };
    const { clock, ...found } = await examineEngine(fake.engine);
    expect(found).toEqual({
      ...{
        id: 'engine of docker01',
        version: '20.10.24',
        liveRestore: true,
        root: '/var/lib/docker',
        space: null,
      },
    });
    expect(Math.abs(clock.ahead - day)).toBeLessThanOrEqual(clock.uncertainty + 50);
  });

  it('says that an engine does not tell the time', async () => {
    const fake = await make('docker01');
    await expect(examineEngine(fake.engine)).rejects.toThrow('it does not say the time');
  });
});

describe('spaceOfDriver', () => {
  it('is what devicemapper tells, and nothing elsewhere', () => {
    const status = [
      ['Data Space Available', '94.1GB'],
      ['Data Space Total', '107.4 GB'],
    ] as const;
    expect(spaceOfDriver(status)).toEqual({ free: 94.1e9, total: 107.4e9 });
    expect(spaceOfDriver([['Backing Filesystem', 'extfs']])).toBeNull();
  });
});

describe('serverValidity', () => {
  const file = `${directory}/server.pem`;
  makeCertificate(file, ['localhost']);
  const pem = readFileSync(file);
  const server = createServer({ cert: pem, key: pem });
  afterAll(() => {
    server.close();
  });
  const transport = { kind: 'tls', host: '127.0.0.1', ca: file, cert: file, key: file } as const;

  it('is that of the certificate that the engine shows, whoever signed it', async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { from, to } = await serverValidity('docker01', { ...transport, port });
    expect(to - from).toBe(2 * day);
    expect(Math.abs(from - Date.now())).toBeLessThan(10 * 60_000);
  });

  it('names the host that does not answer', async () => {
    await expect(serverValidity('docker01', { ...transport, port: 1 })).rejects.toThrow(HostError);
  });

  it('names a file of ours that is missing', async () => {
    const ca = `${directory}/missing.pem`;
    const asked = serverValidity('docker01', { ...transport, ca, port: 1 });
    await expect(asked).rejects.toThrow(`${ca} cannot be read: there is no such file`);
    await expect(asked).rejects.toThrow(UserError);
  });

  it('names the host whose certificate is none', async () => {
    const cert = `${directory}/rubbish.pem`;
    writeFileSync(cert, 'rubbish');
    const asked = serverValidity('docker01', { ...transport, cert, port: 1 });
    await expect(asked).rejects.toThrow('host docker01: its certificate files cannot be used');
    await expect(asked).rejects.toThrow(UserError);
  });
});
