// Runs the import table over the tree, then proves that every rule of it bites: a small tree with one planted violation for each rule must be
// caught by exactly that rule, and its lawful twin must pass.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const config = join(root, '.dependency-cruiser.cjs');
const layers = [
  'schemas',
  'domain',
  'workflows',
  'adapters',
  'functions',
  'embedded',
  'console',
  'cli',
  'bench',
  'infra',
  'test',
];
const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');

/** Each plant is one file that breaks the rule it is listed under: `[file, what it imports]`. */
const plants = {
  'schemas-imports': [
    ['schemas/uses-domain.ts', '../domain/lawful.ts'],
    ['schemas/uses-yaml.ts', 'yaml'],
    ['schemas/uses-crypto.ts', 'node:crypto'],
  ],
  'domain-imports': [
    ['domain/uses-adapter.ts', '../adapters/lawful.ts'],
    ['domain/uses-workflow.ts', '../workflows/lawful.ts'],
    ['domain/uses-files.ts', 'node:fs'],
    ['domain/uses-zod.ts', 'zod'],
  ],
  'workflows-imports': [
    ['workflows/uses-adapter.ts', '../adapters/lawful.ts'],
    ['workflows/uses-files.ts', 'node:fs/promises'],
    ['workflows/uses-hono.ts', 'hono'],
  ],
  'adapters-imports': [
    ['adapters/uses-workflow.ts', '../workflows/lawful.ts'],
    ['adapters/uses-function.ts', '../functions/submit/lawful.ts'],
    ['adapters/uses-embedded.ts', '../embedded/lawful.ts'],
  ],
  'functions-imports': [
    ['functions/submit/uses-adapter.ts', '../../adapters/lawful.ts'],
    ['functions/submit/uses-embedded.ts', '../../embedded/lawful.ts'],
    ['functions/submit/uses-database.ts', 'node:sqlite'],
    ['functions/submit/uses-mail.ts', 'nodemailer'],
  ],
  'functions-wiring-imports': [['functions/wiring/uses-embedded.ts', '../../embedded/lawful.ts']],
  'functions-console-imports': [['functions/handlers/console.ts', '../../embedded/lawful.ts']],
  'embedded-imports': [
    ['embedded/uses-cli.ts', '../cli/lawful.ts'],
    ['embedded/uses-infra.ts', '../infra/lawful.ts'],
  ],
  'console-imports': [
    ['console/uses-adapter.ts', '../adapters/lawful.ts'],
    ['console/uses-workflow.ts', '../workflows/lawful.ts'],
    ['console/uses-files.ts', 'node:fs'],
  ],
  'cli-imports': [['cli/uses-infra.ts', '../infra/lawful.ts']],
  'bench-imports': [['bench/uses-cli.ts', '../cli/lawful.ts']],
  'infra-imports': [
    ['infra/uses-domain.ts', '../domain/lawful.ts'],
    ['infra/uses-function.ts', '../functions/submit/lawful.ts'],
  ],
  'no-cycles': [['domain/chicken.ts', './egg.ts']],
  'no-unresolved': [['adapters/uses-nothing.ts', './not-there.ts']],
  'no-orphans': [['domain/orphan.ts']],
  'no-undeclared-packages': [['adapters/uses-undeclared.ts', 'acorn']],
  'no-development-packages-in-the-product': [['adapters/uses-development.ts', 'fast-check']],
};

/** A cycle is reported once, at its first file; this is the other. */
const closesTheCycle = ['domain/egg.ts', './chicken.ts'];

/** What the table allows, one file a layer: caught by nothing, even in the planted tree. */
const lawful = [
  ['schemas/lawful.ts', 'zod'],
  ['domain/lawful.ts', '../schemas/lawful.ts', 'temporal-polyfill', 'canonicalize', 'node:crypto'],
  ['workflows/lawful.ts', '../domain/lawful.ts', 'yaml', 'jsonata'],
  ['adapters/lawful.ts', '../domain/lawful.ts', 'node:sqlite', 'nodemailer', 'pkijs'],
  ['functions/runtime/lawful.ts', 'hono'],
  ['functions/submit/lawful.ts', '../runtime/lawful.ts', '../../workflows/lawful.ts', 'hono'],
  ['functions/wiring/lawful.ts', '../submit/lawful.ts', '../../adapters/lawful.ts'],
  ['embedded/lawful.ts', '../functions/wiring/lawful.ts', '../console/lawful.ts', 'node:http'],
  ['console/lawful.ts', '../functions/submit/lawful.ts', 'hono'],
  ['cli/lawful.ts', '../embedded/lawful.ts'],
  ['bench/lawful.ts', '../embedded/lawful.ts'],
  ['infra/lawful.ts', '../schemas/lawful.ts', '../workflows/lawful.ts'],
];

/** Answers the violations as `rule: from -> to`. */
function cruise(folder) {
  const present = layers.filter((layer) => existsSync(join(folder, layer)));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, '--config', config, '--output-type', 'json', ...present],
    {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 256 * 1024 * 1024,
    },
  );
  if (!stdout.startsWith('{')) throw new Error(`expected JSON from dependency-cruiser, got: ${stderr || stdout}`);
  const { summary } = JSON.parse(stdout);
  return {
    files: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

function plant(folder) {
  const sources = [...lawful, ...Object.values(plants).flat(), closesTheCycle];
  for (const [file, ...imports] of sources) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(
      join(folder, file),
      imports.map((target) => `import '${target}';\n`).join('') + 'export const it = 1;\n',
    );
  }
}

/** The planted tree borrows the product's packages and package.json, so that imports resolve as they do for the product. */
function checkPlants() {
  const folder = mkdtempSync(join(tmpdir(), 'import-table-'));
  try {
    plant(folder);
    copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction');
    const { violations } = cruise(folder);
    const caught = new Map();
    for (const { rule, from } of violations) caught.set(from, [...(caught.get(from) ?? []), rule]);
    const faults = [];
    for (const [rule, files] of Object.entries(plants)) {
      for (const [file, target] of files) {
        const rules = caught.get(file) ?? [];
        if (!rules.includes(rule))
          faults.push(
            `${rule} did not catch ${file}${target ? ` importing ${target}` : ''}; caught by: ${rules.join(', ') || 'nothing'}`,
          );
      }
    }
    for (const [file] of lawful)
      if (caught.has(file)) faults.push(`${file} is lawful but was caught by ${caught.get(file).join(', ')}`);
    const rules = createRequire(import.meta.url)(config).forbidden.map(({ name }) => name);
    for (const rule of rules) if (!(rule in plants)) faults.push(`no violation is planted for ${rule}`);
    return { faults, planted: Object.values(plants).flat().length, rules: rules.length };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const { files, violations } = cruise(root);
for (const { rule, from, to } of violations) process.stderr.write(`${rule}: ${from} -> ${to}\n`);
const { faults, planted, rules } = checkPlants();
for (const fault of faults) process.stderr.write(`the import table does not bite: ${fault}\n`);
if (violations.length + faults.length > 0) process.exit(1);
process.stdout.write(`imports: ${files} files keep the table; ${rules} rules caught ${planted} planted violations\n`);
