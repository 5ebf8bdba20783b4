// A test runner for Stryker that compiles each test file once and then only evaluates it again for each mutant. The
// official one starts jest for every mutant: seconds, where this takes milliseconds. It fits the tests of the pure core
// alone: they have no hooks and no mocks, and leave nothing behind in the process.
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { compileFunction } from 'node:vm';
import { PluginKind, declareClassPlugin } from '@stryker-mutator/api/plugin';
import {
  DryRunStatus,
  TestStatus,
  determineHitLimitReached,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner';
import { buildSync } from 'esbuild';
import { expect } from 'expect';
import { describe, getState, it, resetState } from 'jest-circus';

const folders = ['model', 'constraints', 'actions', 'plan'];

const require = createRequire(import.meta.url);
const fc = require('fast-check');

// The same random states for every mutant, so that a score can be repeated, and few of them, so that it is soon there.
fc.configureGlobal({ seed: 1, endOnFailure: true });
const few = { ...fc, assert: (property, parameters) => fc.assert(property, { ...parameters, numRuns: 4 }) };

/** What the tests get in place of these packages: jest's own parts without its sandboxes, and fewer random runs. */
const replaced = {
  '@jest/globals': { describe, it, expect },
  'fast-check': { __esModule: true, ...few, default: few },
};

/** What the mutated code and its runner tell each other: the mutant that is on, and which test runs. */
const shared = (globalThis.__stryker__ ??= {});

class InProcessRunner {
  #files = [];

  capabilities() {
    return { reloadEnvironment: true };
  }

  init() {
    this.#files = folders
      .flatMap((folder) => readdirSync(`test/${folder}`).map((name) => `test/${folder}/${name}`))
      .filter((file) => file.endsWith('.test.ts'))
      .map(compile);
  }

  async dryRun() {
    const tests = await run(this.#files, false);
    return { status: DryRunStatus.Complete, tests, mutantCoverage: shared.mutantCoverage };
  }

  /** Runs whole files, because a test may find what another one has left in the index of a state they share. */
  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail }) {
    const covering = new Set(testFilter?.map((id) => id.split(': ')[0]));
    const files = this.#files.filter(({ file }) => !testFilter || covering.has(file));
    shared.hitLimit = hitLimit;
    shared.hitCount = hitLimit === undefined ? undefined : 0;
    shared.activeMutant = activeMutant.id;
    try {
      // What was quick the last time comes first, so that most mutants never reach the slow ones.
      const tests = await run(
        files.sort((a, b) => a.spent - b.spent),
        !disableBail,
      );
      const endless = determineHitLimitReached(shared.hitCount, shared.hitLimit);
      return toMutantRunResult(endless ?? { status: DryRunStatus.Complete, tests }, disableBail);
    } finally {
      shared.activeMutant = undefined;
    }
  }
}

function compile(file) {
  // Stryker enters its copy of the project after esbuild is imported, so esbuild must be told where it is.
  const inCopy = { absWorkingDir: process.cwd(), entryPoints: [file], write: false };
  const { outputFiles } = buildSync({
    ...inCopy,
    ...{ bundle: true, platform: 'node', format: 'cjs', packages: 'external' },
  });
  return { file, evaluate: compileFunction(outputFiles[0].text, ['require', 'module']), spent: 0 };
}

async function run(files, bail) {
  const results = [];
  for (const entry of files) {
    const begun = performance.now();
    for (const { id, name, fn } of testsOf(entry)) {
      const started = performance.now();
      const failureMessage = await failureOf(id, fn);
      const status = failureMessage === null ? TestStatus.Success : TestStatus.Failed;
      const timeSpentMs = performance.now() - started;
      results.push({ id, name, fileName: resolve(entry.file), status, failureMessage, timeSpentMs });
      if (bail && failureMessage !== null) return results;
    }
    entry.spent = performance.now() - begun;
  }
  return results;
}

/** Evaluates a file, and gives the tests that it declares. A file that a mutant breaks is one test that fails. */
function testsOf({ file, evaluate }) {
  resetState();
  try {
    evaluate((name) => replaced[name] ?? require(name), { exports: {} });
  } catch (error) {
    const fail = () => {
      throw error;
    };
    return [{ id: `${file}: it loads`, name: 'it loads', fn: fail }];
  }
  const names = new Map();
  return leaves(getState().rootDescribeBlock).map(({ name, fn }) => {
    const nth = (names.get(name) ?? 0) + 1;
    names.set(name, nth);
    return { id: `${file}: ${name}${nth > 1 ? ` (${nth})` : ''}`, name, fn };
  });
}

function leaves({ children }, above = '') {
  return children.flatMap((child) =>
    child.type === 'describeBlock'
      ? leaves(child, `${above}${child.name} `)
      : [{ name: `${above}${child.name}`, fn: child.fn }],
  );
}

async function failureOf(id, fn) {
  shared.currentTestId = id;
  try {
    await fn();
    return null;
  } catch (error) {
    return String(error?.message ?? error);
  } finally {
    shared.currentTestId = undefined;
  }
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'in-process', InProcessRunner)];
