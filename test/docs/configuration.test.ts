import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { projectRoot } from '../../lab/project.ts';
import { readConfig } from '../../src/config/config.ts';
import { fileIn, temporaryDirectory } from '../support/files.ts';
import { documentation } from './documentation.ts';

/** The pieces of configuration that pages show, by what they begin with: each is taken as a whole file. */
const pieces = documentation.flatMap((page) => {
  const text = readFileSync(`${projectRoot()}/${page}`, 'utf8');
  return [...text.matchAll(/^( *)```yaml\n([^]*?)^\1```/gm)].flatMap(([, , piece = ''], index) => {
    const file = fileOf(/^(\w+):/m.exec(piece)?.[1]);
    return page.startsWith('docs/reference/') ? [] : [{ page, index, file, piece }];
  });
});

function fileOf(key: string | undefined): string | null {
  if (['hosts', 'loadbalancers', 'registries', 'links'].includes(key ?? '')) return 'hosts.yml';
  if (['stages', 'rules', 'overrides'].includes(key ?? '')) return 'rules.yml';
  return ['environment', 'watch'].includes(key ?? '') ? 'cmanage.yml' : null;
}

const hosts =
  'hosts:\n  docker01: { engine: unix:///run/docker.sock, address: 192.0.2.11, ports: 20000-20999, max_containers: 5 }\n';
const directory = temporaryDirectory();

describe('every piece of configuration in the documentation', () => {
  it.each(pieces)('is valid: $page, $index', ({ file, piece }) => {
    expect(file).not.toBeNull();
    fileIn(directory, 'cmanage.yml', 'environment: test\nstate: state.db\n');
    fileIn(directory, 'hosts.yml', hosts);
    fileIn(directory, 'rules.yml', 'rules: {}\n');
    fileIn(directory, file ?? '', piece.startsWith('registries') ? `${hosts}${piece}` : piece);
    expect(() => readConfig(directory)).not.toThrow();
  });
});
