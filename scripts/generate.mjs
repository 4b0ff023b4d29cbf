// Writes what is generated from the sources: `generate.mjs` writes, `generate.mjs --check` compares bytes and fails on a difference.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** Each generator answers the files it owns: `path below the repository -> text`. */
const generators = [
  async () => {
    const { procedureJsonSchema } = await import('../workflows/compiler/json-schema.ts');
    return { 'docs/generated/procedure.schema.json': procedureJsonSchema() };
  },
  async () => {
    const { goldenAsl } = await import('../test/workflows/golden-asl.ts');
    return goldenAsl(root);
  },
  async () => {
    const { openApiDocument } = await import('../functions/api/openapi.ts');
    return { 'docs/generated/openapi.json': `${JSON.stringify(openApiDocument(), null, 2)}\n` };
  },
];

const check = process.argv.includes('--check');
let stale = 0;
for (const generate of generators) {
  for (const [path, text] of Object.entries(await generate())) {
    const file = join(root, path);
    if (!check) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      continue;
    }
    let present;
    try {
      present = readFileSync(file, 'utf8');
    } catch {
      present = undefined;
    }
    if (present === text) continue;
    stale += 1;
    console.error(
      `${path}: ${present === undefined ? 'missing' : 'differs from what its sources give'}; run npm run generate`,
    );
  }
}
process.exitCode = stale === 0 ? 0 : 1;
