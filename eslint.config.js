// Typed lint. What the compiler and this table hold need not be said in prose; house rules beyond the presets stand below with their reason.
import { builtinModules } from 'node:module';
import jest from 'eslint-plugin-jest';
import tseslint from 'typescript-eslint';

const pure = ['schemas/**/*.ts', 'domain/**/*.ts', 'workflows/**/*.ts'];
const handedIn = 'Time, ids and randomness are parameters here: take it as an argument.';
const noInputOutput = 'The core decides, the edge acts: no input or output here.';

export default tseslint.config(
  { ignores: ['node_modules', 'bench/peers', 'cdk.out', 'coverage', 'docs/generated', 'test/golden'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // A switch names every case or says what the rest means.
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // Five: every use case is handed its platform and its catalogue before what it is about.
      '@typescript-eslint/max-params': ['error', { max: 5 }],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      // A port is asynchronous even where an adapter is not: `async` turns what it throws into a rejection.
      '@typescript-eslint/require-await': 'off',
      // Texts are counted by code points, as JSONata and Step Functions do.
      '@typescript-eslint/no-misused-spread': 'off',
      complexity: ['error', { max: 15, variant: 'modified' }],
      'max-lines': ['error', 450],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
    },
  },
  {
    files: pure,
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: handedIn },
        { object: 'Math', property: 'random', message: handedIn },
        { object: 'performance', property: 'now', message: handedIn },
        { object: 'Temporal', property: 'Now', message: handedIn },
        { object: 'crypto', property: 'randomUUID', message: handedIn },
        { object: 'crypto', property: 'getRandomValues', message: handedIn },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: handedIn },
        { selector: 'CallExpression[callee.name="Date"]', message: handedIn },
      ],
      'no-restricted-globals': [
        'error',
        ...['fetch', 'process', 'setTimeout', 'setInterval', 'setImmediate', 'globalThis'].map((name) => ({
          name,
          message: noInputOutput,
        })),
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:crypto',
              importNames: [
                'default',
                'randomUUID',
                'randomBytes',
                'randomInt',
                'randomFill',
                'randomFillSync',
                'webcrypto',
                'getRandomValues',
              ],
              message: handedIn,
            },
          ],
          patterns: [{ regex: `^(node:(?!crypto$)|(${builtinModules.join('|')})(/|$))`, message: noInputOutput }],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    extends: [jest.configs['flat/recommended']],
    rules: {
      'jest/no-disabled-tests': 'error',
      'jest/no-focused-tests': 'error',
      'jest/no-commented-out-tests': 'error',
      'jest/expect-expect': [
        'error',
        {
          assertFunctionNames: [
            'expect',
            'expect*',
            'eventually',
            'fc.assert',
            'assert*',
            'template.*',
            '*.hasResourceProperties',
            '*.resourceCountIs',
          ],
        },
      ],
      // Contract suites are called by the tests of each adapter, with its name.
      'jest/no-export': 'off',
      'jest/valid-title': ['error', { ignoreTypeOfDescribeName: true }],
      // A property's body and a table's row assert where the plugin does not look for it.
      'jest/no-standalone-expect': 'off',
      'jest/no-conditional-expect': 'off',
      'no-restricted-syntax': [
        'error',
        {
          selector: 'MemberExpression[property.name="todo"][object.name=/^(it|test)$/]',
          message: 'Write the test or leave it out.',
        },
        {
          selector:
            'CallExpression[callee.object.name="jest"][callee.property.name=/^(mock|doMock|unstable_mockModule)$/]',
          message: 'Hand the dependency in: modules are not mocked.',
        },
      ],
      // Builders and fixed literals in tests: what is absent shows as a failing test.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      complexity: 'off',
    },
  },
  {
    // A language is one file: whoever adds one copies it and translates.
    files: ['console/languages/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    // The two places that talk to a terminal.
    files: ['cli/**/*.ts', 'bench/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
);
