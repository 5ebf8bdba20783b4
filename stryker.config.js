/** Mutation testing of the pure core: any small change to its code should make some test fail. */
export default {
  mutate: ['model', 'constraints', 'actions', 'plan'].map((folder) => `src/${folder}/**/*.ts`),
  plugins: ['./scripts/mutationRunner.mjs'],
  testRunner: 'in-process',
  coverageAnalysis: 'perTest',
  disableTypeChecks: false,
  concurrency: 2,
  reporters: ['clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'reports/mutation.html' },
  jsonReporter: { fileName: 'reports/mutation.json' },
  ignorePatterns: ['dist', '.lab', 'reports'],
  allowEmpty: false,
};
