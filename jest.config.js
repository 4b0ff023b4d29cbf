export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' }, sourceMaps: 'inline' },
    ],
  },
  modulePathIgnorePatterns: ['<rootDir>/bench/peers', '<rootDir>/cdk.out'],
  reporters: ['default', '<rootDir>/scripts/jest-summary.mjs'],
  maxWorkers: 2,
  // A worker keeps the modules of every suite that it has run, and dies of some two hundred: one that has grown so large is replaced.
  workerIdleMemoryLimit: '2GB',
  // Where something hangs: a machine that has other work to do fails no test.
  testTimeout: 120_000,
};
