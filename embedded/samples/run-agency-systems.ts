import { parseArgs } from 'node:util';
import { join } from 'node:path';
import { agencySystems } from './agency-systems.ts';
import { SampleKeepers } from './number-keepers.ts';
import { paymentService } from './payment-service.ts';
import { REGISTER_CLIENT, registerService, SampleRegisters } from './registers.ts';
import { listen } from './sample-server.ts';

/*
 * A process of its own: `node embedded/samples/run-agency-systems.ts --dir DIR --port N --payment-port M --webhook URL`.
 * The payment service's webhook secret comes in ONETRACK_PAYMENT_SECRET, what the registers are asked with in ONETRACK_REGISTER_SECRET. Writes one line of JSON when it listens, ends with its standard input.
 */
const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    port: { type: 'string', default: '0' },
    'payment-port': { type: 'string', default: '0' },
    webhook: { type: 'string' },
  },
});
const secret = process.env['ONETRACK_PAYMENT_SECRET'];
const registerSecret = process.env['ONETRACK_REGISTER_SECRET'];
if (values.dir === undefined || values.webhook === undefined || secret === undefined || registerSecret === undefined)
  throw new Error('expected --dir DIR, --webhook URL, ONETRACK_PAYMENT_SECRET and ONETRACK_REGISTER_SECRET');
const registries = await listen(agencySystems(values.dir), Number(values.port));
const payments = await listen(
  paymentService({ webhookUrl: values.webhook, secret, system: 'payment-platform', now: () => Date.now() }),
  Number(values['payment-port']),
);
const registers = await listen(
  registerService(
    new SampleRegisters(),
    { clientId: REGISTER_CLIENT, clientSecret: registerSecret },
    new SampleKeepers(join(values.dir, 'numbers.jsonl')),
  ),
  0,
);
process.stdout.write(`${JSON.stringify({ url: registries.url, payments: payments.url, registers: registers.url })}\n`);
const stop = () =>
  void Promise.all([registries.close(), payments.close(), registers.close()]).then(() => process.exit(0));
process.stdin.on('end', stop).resume();
process.on('SIGTERM', stop);
process.on('SIGINT', stop);
