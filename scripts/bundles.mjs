// Makes the code of every function as a deployment does, and fails when one has outgrown its budget.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, BUDGETS } from '../infra/bundle.ts';

const folder = mkdtempSync(join(tmpdir(), 'onetrack-bundles-'));
let outgrown = 0;
try {
  console.log('function            bytes   of budget   at start');
  for (const [name, budget] of Object.entries(BUDGETS)) {
    const { bytes, eagerBytes } = await bundle(name, join(folder, name));
    if (bytes > budget) outgrown += 1;
    const share = `${Math.ceil((bytes / budget) * 100)} %`;
    console.log(
      `${name.padEnd(14)} ${String(bytes).padStart(10)} ${share.padStart(11)} ${String(eagerBytes).padStart(10)}`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (outgrown > 0) console.error(`${outgrown} bundles are larger than their budget: see BUDGETS in infra/bundle.ts`);
process.exitCode = outgrown === 0 ? 0 : 1;
