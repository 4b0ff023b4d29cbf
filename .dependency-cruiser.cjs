// The import table: who may import whom, and which packages. `scripts/check-imports.mjs` runs it and proves that each row bites.

const { builtinModules } = require('node:module');

/** Matches what dependency-cruiser resolves an npm package to, wherever node_modules lies; `@scope/` stands for all of a scope. */
const packages = (...names) => names.map((name) => `node_modules/(@types/)?${name}${name.endsWith('/') ? '' : '/'}`);
const folders = (...names) => names.map((name) => `^${name}/`);
const builtIns = (...names) => names.map((name) => `^(node:)?${name}$`);

/** One row of the table: files of `from` may import what `allowed` matches and nothing else. */
const row = (from, allowed, comment) => ({
  name: `${from}-imports`,
  comment,
  severity: 'error',
  from: { path: `^${from}/`, ...(from === 'functions' && { pathNot: '^functions/(wiring|handlers/console\\.ts$)' }) },
  to: { pathNot: allowed },
});

const anyPackage = ['node_modules/'];
const anyBuiltIn = builtIns(...builtinModules);
const http = packages(
  '@middy/',
  'hono',
  '@hono/',
  '@aws-lambda-powertools/',
  'zod',
  'jose',
  'standardwebhooks',
  'fflate',
);

const table = [
  row('schemas', [...folders('schemas'), ...packages('zod')], 'The vocabulary stands on zod alone.'),
  row(
    'domain',
    [...folders('schemas', 'domain'), ...packages('temporal-polyfill', 'canonicalize'), ...builtIns('crypto')],
    'The rules are pure: the vocabulary, Temporal, canonical JSON, hashing.',
  ),
  row(
    'workflows',
    [
      ...folders('schemas', 'domain', 'workflows'),
      ...packages(
        'yaml',
        'csv-parse',
        'ical.js',
        'jsonata',
        'zod',
        'ajv',
        'ajv-formats',
        'temporal-polyfill',
        'canonicalize',
      ),
      ...builtIns('crypto'),
    ],
    'The compiler is pure: YAML, JSONata, and ajv for the JSON Schemas of forms.',
  ),
  row(
    'adapters',
    [...folders('schemas', 'domain', 'adapters'), ...anyPackage, ...anyBuiltIn],
    'Adapters make ports real; they know no use case.',
  ),
  row(
    'functions',
    [...folders('schemas', 'domain', 'workflows', 'functions'), ...http, ...builtIns('crypto')],
    'Use cases speak with ports; only functions/wiring* names adapters.',
  ),
  {
    name: 'functions-wiring-imports',
    comment: 'Wiring puts adapters into use cases, on AWS and on one machine.',
    severity: 'error',
    from: { path: '^functions/wiring' },
    to: { path: folders('embedded', 'console', 'cli', 'bench', 'infra', 'test') },
  },
  {
    name: 'functions-console-imports',
    comment: 'One handler serves pages, and stands on wiring as the others do.',
    severity: 'error',
    from: { path: '^functions/handlers/console\\.ts$' },
    to: { path: folders('workflows', 'adapters', 'embedded', 'cli', 'bench', 'infra', 'test') },
  },
  row(
    'embedded',
    [
      ...folders('schemas', 'domain', 'workflows', 'adapters', 'functions', 'embedded', 'console'),
      ...anyPackage,
      ...anyBuiltIn,
    ],
    'The one-machine server puts everything together, but for the command line and the cloud.',
  ),
  row(
    'console',
    [
      ...folders('schemas', 'domain', 'functions', 'console'),
      ...packages('hono', '@hono/', 'qrcode'),
      ...builtIns('crypto'),
      // As types alone.
      ...packages('zod'),
    ],
    'Pages are made from use cases.',
  ),
  row(
    'cli',
    [
      ...folders('schemas', 'domain', 'workflows', 'adapters', 'functions', 'embedded', 'console', 'cli'),
      ...anyPackage,
      ...anyBuiltIn,
    ],
    'The command line may use everything but tests, benchmark and infrastructure.',
  ),
  row(
    'bench',
    [
      ...folders('schemas', 'domain', 'workflows', 'adapters', 'functions', 'embedded', 'console', 'bench'),
      ...anyPackage,
      ...anyBuiltIn,
    ],
    'The benchmark may use everything but the command line, tests and infrastructure.',
  ),
  row(
    'infra',
    [
      ...folders('schemas', 'workflows', 'infra'),
      ...packages('aws-cdk-lib', 'constructs', 'cdk-nag', 'esbuild', 'zod'),
      ...anyBuiltIn,
    ],
    'Infrastructure knows names and machines; code reaches it as file paths.',
  ),
];

const hygiene = [
  { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  {
    name: 'no-orphans',
    comment: 'A file that nothing imports and that imports nothing is either dead or an entry point.',
    severity: 'error',
    from: { orphan: true, pathNot: ['^(cli|bench)/main\\.ts$', '\\.d\\.ts$'] },
    to: {},
  },
  {
    name: 'no-undeclared-packages',
    comment: 'A package that package.json does not name may vanish with the next install.',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-development-packages-in-the-product',
    severity: 'error',
    from: { path: folders('schemas', 'domain', 'workflows', 'adapters', 'functions', 'embedded', 'console', 'cli') },
    to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: 'node_modules/@types/' },
  },
];

module.exports = {
  forbidden: [...table, ...hygiene],
  options: {
    // So that the planted tree of check-imports may borrow node_modules.
    preserveSymlinks: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^bench/peers/' },
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.mjs', '.js', '.json'],
    },
  },
};
