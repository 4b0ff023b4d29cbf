// Makes the code of every function as a deployment does, and fails when one has outgrown its budget.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, BUDGETS } from '../infra/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'onetrack-bundles-'));
let outgrown = 0;
try {
  console.log('function              bytes   of budget   at start   of budget');
  const share = (bytes, budget) => `${Math.ceil((bytes / budget) * 100)} %`.padStart(11);
  for (const [name, { all, start }] of Object.entries(BUDGETS)) {
    const { bytes, eagerBytes } = await bundle(name, join(folder, name));
    if (bytes > all || eagerBytes > start) outgrown += 1;
    const columns = [
      String(bytes).padStart(10),
      share(bytes, all),
      String(eagerBytes).padStart(10),
      share(eagerBytes, start),
    ];
    console.log(`${name.padEnd(16)} ${columns.join(' ')}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (outgrown > 0) console.error(`${outgrown} bundles are larger than their budget: see BUDGETS in infra/bundle.ts`);
process.exitCode = outgrown === 0 ? 0 : 1;
