import { describe, expect, it } from '@jest/globals';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { licensesText, packagesIn } from '../../scripts/licenses.mjs';
import { fileIn, temporaryDirectory } from '../support/files.ts';

const directory = temporaryDirectory();

function packageWith(manifest: object, files: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(directory, 'p-'));
  fileIn(path, 'package.json', JSON.stringify({ name: 'left', version: '1.2.3', ...manifest }));
  for (const [name, text] of Object.entries(files)) fileIn(path, name, text);
  return path;
}

describe('the licences of what is bundled', () => {
  it.each(['LICENSE', 'license.md', 'LICENCE', 'LICENSE-MIT.txt', 'COPYING'])('are read from %s', (name) => {
    const path = packageWith({ license: 'MIT' }, { [name]: 'Copyright (c) Nobody\r\nAs is.\n' });
    const text = licensesText([path]);
    expect(text).toContain('left 1.2.3 (MIT)\n\nCopyright (c) Nobody\nAs is.\n');
  });

  it('have notices beside them, and stand once for each version', () => {
    const license = { LICENSE: 'Apache', NOTICE: 'This product contains it.' };
    const [one, same, other] = [{}, {}, { version: '2.0.0' }].map((more) =>
      packageWith({ license: 'Apache-2.0', ...more }, license),
    );
    const text = licensesText([one, same, other].map(String));
    expect(text.match(/^left \S+/gm)).toEqual(['left 1.2.3', 'left 2.0.0']);
    expect(text).toContain('Apache\n\nThis product contains it.\n');
  });

  it('fail the build where a package has none', () => {
    expect(() => licensesText([packageWith({ license: 'MIT' }, { 'README.md': 'MIT' })])).toThrow(
      'left 1.2.3 (MIT) comes without the text of its licence: put it into scripts/licenses',
    );
    expect(() => licensesText([packageWith({}, { LICENSE: 'MIT' })])).toThrow(
      'left 1.2.3 does not say its licence',
    );
  });

  it('are those of the packages that are in what was made, wherever their files lie', () => {
    const inputs = {
      'src/cli/main.ts': { bytesInOutput: 10 },
      '../elsewhere/node_modules/@scope/a/dist/index.js': { bytesInOutput: 5 },
      'node_modules/b/index.js': { bytesInOutput: 7 },
      'node_modules/b/node_modules/c/index.js': { bytesInOutput: 7 },
      'node_modules/left-out/index.js': { bytesInOutput: 0 },
      'vendor:typeorm': { bytesInOutput: 9 },
    };
    const output = { bytes: 0, inputs, imports: [], exports: [] };
    expect(packagesIn([{ outputs: { 'main.js': output } }, { outputs: { 'vendor.js': output } }])).toEqual([
      '../elsewhere/node_modules/@scope/a',
      'node_modules/b',
      'node_modules/b/node_modules/c',
    ]);
  });
});
