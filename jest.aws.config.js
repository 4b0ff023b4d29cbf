import base from './jest.config.js';

// What deploys the stacks: `npm run test:aws`, beside the tests that need no deployment.
export default { ...base, testMatch: ['<rootDir>/test/**/*.aws.ts'], maxWorkers: 1 };
