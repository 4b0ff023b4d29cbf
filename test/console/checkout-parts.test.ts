import { CHECKOUT, paymentService, STATEMENT } from '../../embedded/samples/payment-service.ts';
import { listen } from '../../embedded/samples/sample-server.ts';
import { listenLocally } from '../../embedded/server.ts';
import { SECRET } from '../builders/api-house.ts';
import { ConsoleHouse } from '../builders/console-house.ts';

it('a sum that is owed to several units is divided by the provider, and the statement of each agrees with its book', async () => {
  const house = await ConsoleHouse.open(['test/workflows/fixtures/shared-charge.yaml']);
  const { api } = house;
  const served = await listenLocally(api.app, 0);
  const provider = await listen(
    paymentService({
      webhookUrl: `${served.url}/v1/webhooks/payments`,
      secret: SECRET,
      system: 'ward-system',
      now: () => api.stage.now,
    }),
    0,
  );
  const { registry } = api.stage.machine.platform;
  const known = await registry.get('system', 'ward-system');
  if (!known) throw new Error('expected the ward system');
  const record = { ...known.record, checkout: `${provider.url}${CHECKOUT}` };
  await registry.put('system', 'ward-system', record, known.revision);
  const token = await api.applicant('mai');
  const form = { owner: { name: 'Trần Thị Mai' }, copy: true, pages: 5 };
  const body = { procedure: 'shared-charge', unit: 'thu-lam', form };
  const id = String((await api.send('POST', '/dossiers', { token, body })).body['id']);
  await api.stage.settle();
  const desks = {
    'thu-lam': await api.official('thu-lam-reception', 'reception'),
    'dong-anh': await api.official('dong-anh-reception', 'reception', 'dong-anh'),
  };
  await api.send('POST', `/tasks/${id}.receive.1/decision`, {
    token: desks['thu-lam'],
    body: { outcome: 'accepted' },
  });
  await api.stage.settle();
  const owed = await api.send('GET', `/dossiers/${id}/payment`, { token });
  const checkout = String(owed.body['checkout']);
  // Pressed twice, it is one payment.
  for (const _ of [1, 2])
    expect(
      (await fetch(checkout, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ do: 'pay' }) })).status,
    ).toBe(303);
  await api.stage.settle();
  const payment = `pay-${String(owed.body['order'])}`;
  const statementOf = async (account?: string): Promise<string> => {
    const query = account === undefined ? '' : `?account=${account}`;
    return (await fetch(`${provider.url}${STATEMENT}${query}`)).text();
  };
  expect(await statementOf()).toBe('payment,amount,currency\n');
  await api.stage.passUntil(api.stage.now + 2 * 3_600_000);
  for (const [unit, sum] of [
    ['thu-lam', 20_050],
    ['dong-anh', 500],
  ] as const) {
    const statement = await statementOf(unit);
    expect(statement).toBe(`payment,amount,currency\n${payment},${sum},VND\n`);
    const compared = await api.send('POST', '/payments/reconciliation?system=ward-system', {
      token: desks[unit],
      body: statement,
      headers: { 'content-type': 'text/csv' },
    });
    expect(compared).toMatchObject({ status: 200, body: { balanced: true, agreed: 1 } });
  }
  await Promise.all([provider.close(), served.close()]);
  await house.close();
});
