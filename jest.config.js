export default {
  // Suites run in two plain Node processes, whose modules they share: Node reads the TypeScript as the product's own commands do, and reads it once.
  // Jest's own runner loads everything anew for every suite, which is two thirds of a run.
  runner: 'jest-light-runner/child-process',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  transform: {},
  setupFiles: ['<rootDir>/test/set-up.ts'],
  modulePathIgnorePatterns: ['<rootDir>/bench/peers', '<rootDir>/cdk.out'],
  reporters: ['default', '<rootDir>/scripts/jest-summary.mjs'],
  maxWorkers: 2,
};
