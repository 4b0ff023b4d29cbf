// Measures what a dossier asks of AWS, over the adapters of AWS, and writes the counts beside each procedure. `measure.mjs NAME` measures one alone.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { COUNTS_FILES, measureFile } from '../test/cost/counts-files.ts';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const wanted = process.argv[2] ?? '';
for (const path of Object.keys(COUNTS_FILES).filter((file) => file.includes(wanted))) {
  const counts = await measureFile(root, path);
  writeFileSync(join(root, path), `${JSON.stringify(counts, null, 2)}\n`);
  console.log(`${path}: ${counts.dossiers} dossiers`);
}
