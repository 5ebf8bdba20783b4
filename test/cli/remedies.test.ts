import { describe, expect, it } from '@jest/globals';
import { tryEngine } from '../../src/cli/wizard/trials.ts';
import { remediesForRegistry, remedyForEngine } from '../../src/cli/wizard/remedies.ts';
import type { EngineTransport } from '../../src/model/connection.ts';
import { fakeEngines } from '../support/fakeEngine.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
const makeEngine = fakeEngines();
const unix: EngineTransport = { kind: 'unix', socket: '/var/run/docker.sock' };
const plain: EngineTransport = { kind: 'plain', host: '127.0.0.1', port: 1 };
const files = { ca: '/tls/ca.pem', cert: '/tls/cert.pem', key: '/tls/key.pem' };
const tls: EngineTransport = { kind: 'tls', host: '192.0.2.11', port: 2376, ...files };
const ssh: EngineTransport = {
  kind: 'ssh',
  destination: 'me@docker01',
  port: 22,
  socket: '/var/run/docker.sock',
};

describe('the remedy for an engine that cannot be reached', () => {
  it.each([
    [unix, 'connect ENOENT /var/run/docker.sock', 'systemctl start docker'],
    [unix, 'connect EACCES /var/run/docker.sock', 'usermod -aG docker'],
    [unix, 'something else', 'curl --unix-socket /var/run/docker.sock http://docker/_ping'],
    [tls, 'connect ECONNREFUSED 192.0.2.11:2376', 'nothing listens at 192.0.2.11:2376'],
    [tls, 'getaddrinfo ENOTFOUND docker01', 'look up'],
    [tls, 'no answer within 10 s', 'no firewall keeps this machine from 192.0.2.11:2376'],
    [tls, "Hostname/IP does not match certificate's altnames", 'subjectAltName'],
    [tls, 'self-signed certificate in certificate chain', 'as ca'],
    [tls, 'unable to verify the first certificate', 'as ca'],
    [tls, 'tlsv13 alert certificate required', '--tlscacert'],
    [tls, 'certificate has expired', 'expired'],
    [tls, 'wrong version number', '--tlsverify'],
    [tls, 'error:05800074:x509 certificate routines::key values mismatch', 'give the key that belongs to'],
    [tls, 'error:1E08010C:DECODER routines::unsupported', 'is no PEM'],
    [plain, 'asking the engine: it answers HTTP 404', 'something else than an engine listens at 127.0.0.1:1'],
    [tls, 'its certificate file /tls/ca.pem cannot be read: ENOENT', 'put the file there'],
    [tls, 'something else', 'curl --cacert /tls/ca.pem --cert /tls/cert.pem --key /tls/key.pem'],
    [ssh, 'Host key verification failed.', "'ssh -p 22 me@docker01' once"],
    [ssh, 'me@docker01: Permission denied (publickey).', 'ssh-copy-id -p 22 me@docker01'],
    [ssh, 'socket hang up', 'usermod -aG docker'],
    [ssh, 'something else', 'ssh -p 22 me@docker01 docker version'],
    [plain, 'something else', 'curl http://127.0.0.1:1/_ping'],
  ] as const)('%j that says %j', (transport, said, remedy) => {
    expect(remedyForEngine(transport, said)).toContain(remedy);
  });
});

describe('the remedy for a registry that does not answer', () => {
  it.each([
    [
      'does not answer (ERR_SSL_WRONG_VERSION_NUMBER)',
      ['it does not speak TLS at that port: change it, and say n'],
    ],
    ['does not answer (ENOTFOUND)', ['give a name that this machine can look up, or an address']],
    [
      'does not answer (ECONNREFUSED)',
      ['nothing listens there: give its port, as in HOST:5000, or start it'],
    ],
    [
      'does not answer (DEPTH_ZERO_SELF_SIGNED_CERT)',
      ['have its authority believed: export NODE_EXTRA_CA_CERTS=FILE, with its certificate in FILE'],
    ],
    ['does not answer (no answer within 10 s)', ['see that it is up, and that no firewall is between']],
    ['something else', []],
  ])('that says %j', (said, remedies) => {
    expect(remediesForRegistry(said)).toEqual(remedies);
  });
});

describe('trying an engine for real', () => {
  const attempt = (transport: EngineTransport) =>
    tryEngine({ name: 'docker01', address: '127.0.0.1', parallel: 1, transport });

  it.each([
    ['a socket that is not there', { ...unix, socket: `${directory}/none.sock` }, 'systemctl start docker'],
    ['a port where nobody listens', plain, 'nothing listens at 127.0.0.1:1'],
    ['certificates that are not there', tls, 'put the file there'],
  ] as const)('%s', async (_what, transport, remedy) => {
    const trial = await attempt(transport);
    expect(trial).toMatchObject({ isWell: false, remedies: [expect.stringContaining(remedy)] });
    expect(trial.fact).toContain('docker01');
  });

  it('something that answers without a word', async () => {
    const fake = await makeEngine('docker01');
    fake.interfere = () => ({ status: 404, message: '' });
    expect(await attempt({ kind: 'unix', socket: fake.socket })).toMatchObject({
      fact: 'docker01: asking the engine: it answers HTTP 404',
      remedies: [`something else than an engine listens at ${fake.socket}: give the port of the engine`],
    });
  });

  it('certificates that are none', async () => {
    const path = fileIn(directory, 'ca.pem', 'no certificate');
    const trial = await attempt({ ...tls, ca: path, cert: path, key: path });
    expect(trial).toMatchObject({ isWell: false });
    expect(trial.fact).toContain('its certificate files cannot be used');
  });
});
