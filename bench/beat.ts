// Beside a load: each second the transactions and signatures of one dossier, one after another, in a process of their own. Prints a line a second:
// how many milliseconds they took. Whatever makes these slow made the load slow.
import { tmpdir } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { openSigning, openTransactions } from './yardsticks.ts';

const TRANSACTIONS = 5;
const SIGNATURES = 15;

const { transact, close } = openTransactions(process.argv[2] ?? tmpdir());
const sign = openSigning();
process.once('SIGTERM', () => void close().then(() => process.exit()));
for (;;) {
  const from = performance.now();
  for (let done = 0; done < TRANSACTIONS; done += 1) await transact();
  for (let done = 0; done < SIGNATURES; done += 1) await sign();
  process.stdout.write(`${performance.now() - from}\n`);
  await pause(1_000);
}
