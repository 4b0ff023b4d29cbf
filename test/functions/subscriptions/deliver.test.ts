import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { Webhook } from 'standardwebhooks';
import { isSignedBy, publicKeyOf, webhookSecret } from '../../../domain/standard-webhooks.ts';
import type { Subscription } from '../../../schemas/organisation.ts';
import { type Desk, DeskHouse, MONDAY } from '../../builders/desk.ts';
import { messageOf } from '../../builders/message-of.ts';
import { aSubscription, Receiver, SECRET } from '../../builders/receiver.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const house = new DeskHouse();
let receiver: Receiver;
beforeEach(async () => {
  receiver = new Receiver();
  await receiver.up();
});
afterEach(async () => {
  await house.close();
  await receiver.down();
});
afterAll(() => house.end());

async function subscribed(part: Partial<Subscription> = {}): Promise<Desk> {
  const desk = await house.open();
  await desk.platform.registry.put('subscription', 's1', aSubscription({ url: receiver.url, ...part }), 0);
  return desk;
}

async function accepted(desk: Desk): Promise<string> {
  const id = await desk.submit();
  await desk.settle();
  expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
  await desk.settle();
  return id;
}

/** Each event of these dossiers was taken, those of a dossier in their order; what came twice was the same. */
async function expectAllTaken(desk: Desk, dossiers: readonly string[]): Promise<void> {
  const bodies = new Map<string, string>();
  for (const { id, body } of receiver.heard) {
    expect(bodies.get(id) ?? body).toBe(body);
    bodies.set(id, body);
  }
  for (const dossier of dossiers) {
    const all = receiver.taken().filter((id) => id.startsWith(`${dossier}.`));
    const once = all.filter((id, index) => all.indexOf(id) === index);
    expect(once).toEqual((await desk.platform.store.events(dossier)).map(messageOf));
    // A message that comes again comes before its successors.
    expect(all.map((id) => once.indexOf(id))).toEqual(all.map((id) => once.indexOf(id)).toSorted((a, b) => a - b));
  }
}

describe('a delivery', () => {
  it('is made of every event though the clock was ahead when the subscription was made, and was put right', async () => {
    const desk = await subscribed({ created: new Date(MONDAY + 10 * 60_000).toISOString() });
    const id = await accepted(desk);
    await expectAllTaken(desk, [id]);
  });

  it('is not made to an address that the operator’s networks do not hold, and says so', async () => {
    const desk = await subscribed({ url: 'http://169.254.169.254/latest/meta-data/' });
    const id = await desk.submit();
    await desk.settle();
    const { items } = await desk.platform.deliveries.list('s1', { limit: 10 });
    const [first] = (await desk.platform.store.events(id)).map(messageOf);
    expect(items).toMatchObject([{ message: first, attempt: 1, failed: 'address-refused' }]);
    expect(receiver.heard).toEqual([]);
  });

  it('ends with the appointment in which the official subscribed, also of what has waited', async () => {
    const desk = await subscribed({ by: { official: 'thu-lam-reception', unit: 'thu-lam', role: 'reception' } });
    receiver.answers = [204, 500];
    const id = await accepted(desk);
    expect(receiver.heard).toHaveLength(2);
    const { registry } = desk.platform;
    const known = await registry.get('official', 'thu-lam-reception');
    if (!known) throw new Error('expected an official');
    const appointments = known.record.appointments.map((each) => ({ ...each, until: '2026-11-15' }));
    await registry.put('official', known.id, { ...known.record, appointments }, known.revision);
    await desk.stage.passUntil(MONDAY + DAY);
    expect(receiver.heard).toHaveLength(2);
    const { items } = await desk.platform.deliveries.list('s1', { limit: 100 });
    expect(items.filter(({ failed }) => failed === 'not-entitled')).toHaveLength((await desk.types(id)).length - 1);
    expect((await desk.platform.store.outboxDead({ limit: 10 })).items).toEqual([]);
  });

  it('comes in the order of the dossier, and again after a failure, the successors waiting', async () => {
    const desk = await subscribed();
    receiver.answers = [204, 500, 503];
    const id = await accepted(desk);
    expect(receiver.heard.map(({ status }) => status)).toEqual([204, 500]);
    await desk.stage.passUntil(MONDAY + 60_000);
    await expectAllTaken(desk, [id]);
    const second = (await desk.platform.store.events(id)).map(messageOf)[1];
    expect(receiver.heard.slice(1, 4).map(({ id: message }) => message)).toEqual([second, second, second]);
  });

  it('is put off for as long as the answer asks, up to a day', async () => {
    const desk = await subscribed();
    receiver.answers = [
      { status: 429, headers: { 'retry-after': '3600' } },
      { status: 503, headers: { 'retry-after': '999999999' } },
    ];
    await desk.submit();
    await desk.stage.passUntil(MONDAY + HOUR - 1000);
    expect(receiver.heard).toHaveLength(1);
    await desk.stage.passUntil(MONDAY + HOUR);
    expect(receiver.heard).toHaveLength(2);
    await desk.stage.passUntil(MONDAY + HOUR + DAY - 1000);
    expect(receiver.heard).toHaveLength(2);
    await desk.stage.passUntil(MONDAY + HOUR + DAY);
    expect(receiver.heard.length).toBeGreaterThan(2);
  });

  it('is given up after three days of failures, lets its successors go, and comes when asked again', async () => {
    const desk = await subscribed();
    receiver.answers = Array.from({ length: 14 }, () => 500);
    const id = await desk.submit();
    await desk.stage.passUntil(MONDAY + 2.8 * DAY);
    expect((await desk.platform.store.outboxDead({ limit: 10 })).items).toEqual([]);
    await desk.stage.passUntil(MONDAY + 5 * DAY);
    const { items } = await desk.platform.store.outboxDead({ limit: 10 });
    expect(items.map(({ body }) => body['seq'])).toEqual([1]);
    const [first, second] = (await desk.platform.store.events(id)).map(messageOf);
    expect(receiver.taken()).toEqual([second]);
    for (const row of items)
      await desk.platform.store.outboxRetry({ id: row.id, at: desk.stage.now, attempts: 0, error: '', dead: false });
    await desk.settle();
    expect(receiver.heard.at(-1)).toMatchObject({ id: first, status: 204 });
  });

  it('is given up at once where nobody is there any more', async () => {
    const desk = await subscribed();
    receiver.answers = [410];
    const id = await desk.submit();
    await desk.settle();
    expect(receiver.heard.map(({ status }) => status)).toEqual([410, 204]);
    const { items } = await desk.platform.store.outboxDead({ limit: 10 });
    expect(items).toMatchObject([{ dossier: id, attempts: 1, error: expect.stringContaining('410') }]);
  });

  it('is not made again by a restart', async () => {
    const desk = await subscribed();
    await accepted(desk);
    const before = receiver.heard.length;
    expect(before).toBeGreaterThan(3);
    await desk.stage.restart();
    await desk.settle();
    expect(receiver.heard).toHaveLength(before);
  });

  it('stands in the log with its instant, its answer and how long it took', async () => {
    const desk = await subscribed();
    receiver.answers = [503];
    const id = await desk.submit();
    await desk.stage.passUntil(MONDAY + 1_000);
    const { items } = await desk.platform.deliveries.list('s1', { limit: 2 });
    const [first] = (await desk.platform.store.events(id)).map(messageOf);
    const second = items.find(({ message }) => message === first);
    expect(second).toMatchObject({ subscription: 's1', at: MONDAY + 1_000, attempt: 2, status: 204 });
    expect(second?.took).toBeGreaterThanOrEqual(0);
    const all = await desk.platform.deliveries.list('s1', { limit: 100 });
    expect(all.items.at(-1)).toMatchObject({ message: first, at: MONDAY, attempt: 1, status: 503 });
    expect(all.items).toHaveLength(receiver.heard.length);
  });
});

describe('every event is delivered, ordered within its dossier, twice only as the same', () => {
  it('to a receiver that is down for an hour', async () => {
    const desk = await subscribed();
    const before = await accepted(desk);
    await receiver.down();
    const during = [await accepted(desk), await accepted(desk), await desk.submit()];
    await desk.stage.passUntil(MONDAY + HOUR / 2);
    expect(await desk.decide(before, 'verify', 'valid')).toMatchObject({ ok: true });
    await desk.stage.passUntil(MONDAY + HOUR);
    await receiver.up();
    await desk.stage.passUntil(MONDAY + 12 * HOUR);
    await expectAllTaken(desk, [before, ...during]);
    expect((await desk.dossier(before)).status).toBe('closed');
    expect((await desk.platform.store.outboxDead({ limit: 10 })).items).toEqual([]);
  });

  it('by a sender that is killed again and again after a message has gone out', async () => {
    const desk = await subscribed();
    const dossiers = [await desk.submit(), await desk.submit()];
    let decided = false;
    for (let kills = 0; kills < 8; kills += 1) {
      receiver.answers = [...Array.from({ length: kills % 3 }, () => 204), 'hold'];
      const held = receiver.held();
      const work = desk.stage.settle().then(
        () => 'settled' as const,
        () => 'killed' as const,
      );
      if ((await Promise.race([held.then(() => 'held' as const), work])) === 'held') await desk.stage.crash();
      // What the dead process had under way ends with its connection: it finds its database closed.
      await receiver.down();
      await work;
      await receiver.up();
      if (!decided && (await desk.types(dossiers[0] ?? '')).includes('StageEntered')) {
        for (const id of dossiers) expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
        decided = true;
      }
    }
    receiver.answers = [];
    await desk.stage.passUntil(MONDAY + 12 * HOUR);
    expect(decided).toBe(true);
    const again = receiver.taken().length - new Set(receiver.taken()).size;
    expect(again).toBeGreaterThan(0);
    await expectAllTaken(desk, dossiers);
  });
});

describe('a message', () => {
  const openApi = JSON.parse(
    readFileSync(new URL('../../../docs/generated/openapi.json', import.meta.url), 'utf8'),
  ) as Record<string, object>;

  it('is what the OpenAPI document says of its type, and names no pseudonym of the applicant', async () => {
    const desk = await subscribed();
    const id = await accepted(desk);
    await desk.decide(id, 'verify', 'valid');
    await desk.settle();
    const ajv = addFormats.default(new Ajv2020({ strict: false }));
    ajv.addSchema(openApi, 'openapi');
    const types = new Set<string>();
    for (const { body } of receiver.heard) {
      const event = JSON.parse(body) as { type: string };
      const type = event.type.split('.')[2] ?? '';
      types.add(type);
      const at = `openapi#/webhooks/${type}/post/requestBody/content/application~1cloudevents+json/schema`;
      const valid = ajv.validate({ $ref: at }, event);
      expect({ type, valid, errors: ajv.errors }).toEqual({ type, valid: true, errors: null });
      expect(ajv.validate({ $ref: at }, { ...event, more: 1 })).toBe(false);
    }
    expect(types.size).toBeGreaterThan(8);
    const { applicantKey } = await desk.dossier(id);
    expect(applicantKey.length).toBeGreaterThan(10);
    expect(receiver.heard.map(({ body }) => body).join()).not.toContain(applicantKey);
  });

  it('is signed so that the standard’s own library accepts it', async () => {
    const desk = await subscribed();
    await desk.submit();
    const real = Date.now;
    await desk.settle();
    Date.now = () => MONDAY;
    try {
      for (const { id, timestamp, signature, body } of receiver.heard)
        expect(
          new Webhook(SECRET).verify(body, {
            'webhook-id': id,
            'webhook-timestamp': String(timestamp),
            'webhook-signature': signature,
          }),
        ).toMatchObject({ specversion: '1.0', id });
    } finally {
      Date.now = real;
    }
    expect(receiver.heard.length).toBeGreaterThan(0);
  });

  it('is signed by both secrets while one is rotated, and by the new one alone after', async () => {
    const secret = webhookSecret('ed25519', new Uint8Array(32).fill(7));
    const until = new Date(MONDAY + HOUR).toISOString();
    const desk = await subscribed({ secret, previous: { secret: SECRET, until } });
    receiver.answers = Array.from({ length: 7 }, () => 500);
    await desk.submit();
    await desk.stage.passUntil(MONDAY + 4 * HOUR);
    const signers = receiver.heard.map(({ signature, ...message }) => [
      isSignedBy(publicKeyOf(secret) ?? '', signature, message),
      isSignedBy(SECRET, signature, message),
    ]);
    expect(signers[0]).toEqual([true, true]);
    expect(signers.at(-1)).toEqual([true, false]);
    expect(signers.every(([present]) => present)).toBe(true);
  });
});
