import { beforeAll, describe, expect, it } from '@jest/globals';
import '../../src/cli/diff.ts';
import type { Difference } from '../../src/report/difference.ts';
import { temporaryDirectory } from '../support/files.ts';
import { digestFor, makeState } from '../support/makeState.ts';
import { programOn, type Program } from '../support/program.ts';
import { edge, external, withExternals } from '../support/trees.ts';

const directory = temporaryDirectory();
const [prod, qa, shop] = ['webapp-endpoint-prod', 'webapp-endpoint-qa', 'shop-endpoint-prod'];

describe('cmanage diff', () => {
  let program: Program;
  const differences = async (left: string, right: string): Promise<Difference[]> => {
    const { code, answer } = await program.run('diff', left, right);
    expect(code).toBe(0);
    return (answer as { differences: Difference[] }).differences;
  };
  const texts = (list: readonly Difference[]): string[] =>
    list
      .filter(({ same }) => !same)
      .map(({ where, what, left, right }) => `${where} ${what}: ${left} | ${right}`);

  beforeAll(async () => {
    const secret = { env: { TOKEN: 'hush', MODE: 'a' } };
    const state = makeState({
      webapp: { settings: secret, endpoints: { prod: {}, qa: {} } },
      shop: {
        settings: { env: { TOKEN: 'hush hush', MODE: 'a' }, memory: 2 ** 30 },
        endpoints: { prod: { port: 90 } },
      },
      training: {},
    });
    const full = withExternals(state, external('db'));
    const edges = [
      edge(prod, 'webapp > training'),
      edge(qa, 'webapp > training @ 2'),
      edge(prod, 'training > db'),
      edge(qa, 'webapp > db'),
    ];
    program = await programOn(directory, { ...full, edges });
  });

  it('compares two endpoints along their trees: versions, digests, positions, targets', async () => {
    const digests = (service: string, ...versions: string[]): string =>
      versions.map((version) => digestFor(`registry.example/${service}`, version)).join(' | ');
    expect(texts(await differences(prod, qa))).toEqual([
      'endpoint stage: prod | qa',
      'endpoint pointer: 0 | 1',
      'endpoint port: 8000 | 8001',
      'root version: v0.1 | v0.2',
      `root digest: ${digests('webapp', 'v0.1', 'v0.2')}`,
      'root position: 0 | 1',
      'root > training version: v0.1 | v0.3',
      `root > training digest: ${digests('training', 'v0.1', 'v0.3')}`,
      'root > training position: 0 | 2, fixed',
      'root > training > db target: db.prod.example:5432 | null',
      'root > training > db mode: tcp | null',
      'root > training > db healthPath: - | null',
      'root > training > db drain limit of the relation: - | null',
      'root > db target: null | db.qa.example:5432',
      'root > db mode: null | tcp',
      'root > db healthPath: null | -',
      'root > db drain limit of the relation: null | -',
    ]);
  });

  it('compares settings of two services, and shows no values of variables', async () => {
    const found = await differences(prod, shop);
    expect(texts(found)).toEqual(
      expect.arrayContaining(['root memory: - | 1073741824', 'root env TOKEN: (not shown) | (not shown)']),
    );
    expect(found.find(({ what }) => what === 'env MODE')).toMatchObject({ same: true, left: '(not shown)' });
    expect(JSON.stringify(found)).not.toContain('hush');
  });

  it('says which endpoint there is not', async () => {
    await expect(program.run('diff', prod, 'webapp-endpoint-dev')).rejects.toThrow(
      "there is no endpoint webapp-endpoint-dev: see 'cmanage show endpoints'",
    );
    await expect(program.run('diff', prod, '7')).rejects.toThrow(
      'there is no endpoint 7: name two endpoints, or two operations',
    );
  });
});
