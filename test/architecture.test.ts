import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import ts from 'typescript';

/** The shape of the house (ARCHITECTURE.md): who may import whom, where each library lives, and what is pure. */

const source = new URL('../src', import.meta.url).pathname;

type Import = { readonly path: string; readonly line: number };
type File = {
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly imports: readonly Import[];
};

const files: readonly File[] = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map(readFile);

function readFile(name: string): File {
  const text = readFileSync(join(source, name), 'utf8');
  const tree = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
  return { name, folder: name.split(sep)[0] ?? '', text, tree, imports: importsOf(tree) };
}

/** Every module a file names: by import, by re-export, by `import()` and by `import type`. */
function importsOf(tree: ts.SourceFile): Import[] {
  return nodesOf(tree).flatMap((node) => {
    const literal = moduleNamed(node);
    return literal && ts.isStringLiteral(literal)
      ? [{ path: literal.text, line: lineOf(tree, literal) }]
      : [];
  });
}

function moduleNamed(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
    return node.arguments[0];
  return undefined;
}

function nodesOf(root: ts.Node): ts.Node[] {
  return [root, ...root.getChildren().flatMap(nodesOf)];
}

function lineOf(tree: ts.SourceFile, node: ts.Node): number {
  return tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1;
}

/** The file inside src/ that an import names, such as `haproxy/render.ts`; null for a package. */
function target(file: File, { path }: Import): string | null {
  return path.startsWith('.') ? relative(source, join(source, file.name, '..', path)) : null;
}

function packageOf(path: string): string {
  return path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');
}

const pureHaproxy = ['routes', 'fronts', 'render', 'rowNotes', 'endpointLines', 'word'].map(
  (name) => `haproxy/${name}.ts`,
);
const pureFolders = ['model', 'actions', 'constraints', 'plan', 'goal'];

function isPure(name: string): boolean {
  return pureFolders.includes(name.split('/')[0] ?? '') || pureHaproxy.includes(name);
}

/** What each folder may import beside itself; `pure haproxy` stands for its pure files. */
const directions: Record<string, readonly string[]> = {
  model: [],
  actions: ['model'],
  constraints: ['model'],
  plan: ['model', 'constraints', 'pure haproxy'],
  goal: ['model', 'actions', 'constraints', 'plan', 'pure haproxy'],
  'pure haproxy': ['model'],
  haproxy: ['model', 'pure haproxy'],
  config: ['model', 'constraints'],
  docker: ['model', 'plan'],
  store: ['model', 'plan'],
  report: ['model', 'constraints', 'plan', 'goal', 'pure haproxy'],
  executor: ['model', 'plan', 'docker', 'haproxy', 'store'],
};

function regionOf(name: string): string {
  return pureHaproxy.includes(name) ? 'pure haproxy' : (name.split('/')[0] ?? '');
}

describe('the direction of imports', () => {
  it('is known for every folder', () => {
    const folders = new Set(files.map((file) => regionOf(file.name)));
    expect([...folders].sort()).toEqual([...Object.keys(directions), 'cli'].sort());
  });

  it.each(Object.entries(directions))('%s imports itself and [%s]', (region, allowed) => {
    const wrong = files
      .filter((file) => regionOf(file.name) === region)
      .flatMap((file) =>
        file.imports.flatMap((entry) => {
          const to = target(file, entry);
          if (to === null || [region, ...allowed].includes(regionOf(to))) return [];
          return [`${file.name}:${entry.line} imports ${to}`];
        }),
      );
    expect(wrong).toEqual([]);
  });

  it('never leads to cli, but from cli itself', () => {
    const wrong = files
      .filter((file) => file.folder !== 'cli')
      .filter((file) => file.imports.some((entry) => target(file, entry)?.startsWith('cli/')));
    expect(wrong.map((file) => file.name)).toEqual([]);
  });

  it('never leads out of src/', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter((entry) => target(file, entry)?.startsWith('..'))
        .map(({ path }) => `${file.name}: ${path}`),
    );
    expect(wrong).toEqual([]);
  });
});

/** The folders in which each library lives. */
const homes: Record<string, readonly string[]> = {
  semver: ['model'],
  zod: ['config'],
  yaml: ['config', 'report'],
  chalk: ['report'],
  'cli-table3': ['report'],
  diff: ['report'],
  dockerode: ['docker'],
  'tar-stream': ['docker'],
  execa: ['docker', 'haproxy', 'cli'],
  typeorm: ['store'],
  sqlite3: ['store'],
  commander: ['cli'],
};

describe('libraries', () => {
  const uses = files.flatMap((file) =>
    file.imports
      .filter(({ path }) => !path.startsWith('.') && !path.startsWith('node:'))
      .map(({ path, line }) => ({ library: packageOf(path), file, line })),
  );

  it('live in one folder each', () => {
    const wrong = uses.filter(({ library, file }) => !(homes[library] ?? []).includes(file.folder));
    expect(wrong.map(({ library, file, line }) => `${file.name}:${line} imports ${library}`)).toEqual([]);
  });

  it('are bundled, and installed with the program only where they are native; and all are in use', () => {
    const { dependencies, devDependencies } = JSON.parse(
      readFileSync(join(source, '../package.json'), 'utf8'),
    ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
    expect(Object.keys(dependencies)).toEqual(['sqlite3']);
    const bundled = Object.keys(homes).filter((library) => library !== 'sqlite3');
    expect(Object.keys(devDependencies)).toEqual(expect.arrayContaining(bundled));
    expect([...new Set(uses.map(({ library }) => library))].sort()).toEqual(Object.keys(homes).sort());
  });
});

/** What would make the same input give another output, or reach outside. */
const impure = [
  'Date',
  'Promise',
  'process',
  'fetch',
  'console',
  'setTimeout',
  'setImmediate',
  'performance',
  'crypto',
];

function impuritiesOf(file: File): string[] {
  return nodesOf(file.tree).flatMap((node) => {
    const at = `${file.name}:${lineOf(file.tree, node)}`;
    if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node))
      return [`${at} async or await`];
    if (!ts.isIdentifier(node)) return [];
    if (ts.isPropertyAccessExpression(node.parent) && node.parent.name === node) {
      return node.text === 'random' ? [`${at} random`] : [];
    }
    return impure.includes(node.text) ? [`${at} ${node.text}`] : [];
  });
}

describe('the pure core', () => {
  const pure = files.filter((file) => isPure(file.name.split(sep).join('/')));

  it('reads no clock, chance, process or network, and waits for nothing', () => {
    expect(pure.flatMap(impuritiesOf)).toEqual([]);
  });

  it('imports nothing of Node but the hash function', () => {
    const nodes = pure
      .flatMap((file) => file.imports.map(({ path }) => path))
      .filter((path) => path.startsWith('node:'));
    expect([...new Set(nodes)]).toEqual(['node:crypto']);
  });

  it('is really looked at', () => {
    const tree = ts.createSourceFile(
      'x.ts',
      'async () => Math.random() + Date.now();',
      ts.ScriptTarget.Latest,
      true,
    );
    const found = impuritiesOf({ name: 'x.ts', folder: '', text: '', tree, imports: [] });
    expect(found).toEqual(['x.ts:1 async or await', 'x.ts:1 random', 'x.ts:1 Date']);
    expect(pure.length).toBeGreaterThan(30);
  });
});

describe('every file', () => {
  it('has at most 250 lines', () => {
    const long = files.filter((file) => file.text.split('\n').length > 251);
    expect(long.map((file) => file.name)).toEqual([]);
  });

  it('imports files by their names, with the extension', () => {
    const wrong = files.flatMap((file) =>
      file.imports
        .filter(({ path }) => path.startsWith('.') && !path.endsWith('.ts'))
        .map(({ path }) => `${file.name}: ${path}`),
    );
    expect(wrong).toEqual([]);
  });
});
