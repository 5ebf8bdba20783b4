import { describe, expect, it } from '@jest/globals';
import { tryEngine } from '../../src/cli/wizard/trials.ts';
import { remedyForEngine } from '../../src/cli/wizard/remedies.ts';
import type { EngineTransport } from '../../src/model/connection.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();
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

  it('certificates that are none', async () => {
    const path = fileIn(directory, 'ca.pem', 'no certificate');
    const trial = await attempt({ ...tls, ca: path, cert: path, key: path });
    expect(trial).toMatchObject({ isWell: false });
    expect(trial.fact).toContain('its certificate files cannot be used');
  });
});
