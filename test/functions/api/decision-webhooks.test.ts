import { publicKeyOf, signWebhook, webhookSecret } from '../../../domain/standard-webhooks.ts';
import { MOST_REFUSALS, recordRefusal } from '../../../functions/tasks/record-refusal.ts';
import { type Answer, ApiHouse, MONDAY } from '../../builders/api-house.ts';

const PATH = '/webhooks/decisions';
const OWN = webhookSecret('ed25519', new Uint8Array(32).fill(3));

let house: ApiHouse;
let ngoc: string;
let reception: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  const { registry } = house.stage.machine.platform;
  const system = { name: 'Ward', may: ['decide' as const], secrets: [publicKeyOf(OWN) ?? ''] };
  await registry.put('system', 'signing-system', { ...system, id: 'signing-system', units: ['thu-lam'] }, 0);
  await registry.put('system', 'foreign-system', { ...system, id: 'foreign-system', units: ['dong-anh'] }, 0);
});
afterAll(() => house.close());

const accepted = (id: string, more: object = {}) => ({
  system: 'ward-system',
  task: `${id}.receive.1`,
  official: 'thu-lam-reception',
  outcome: 'accepted',
  assertion: reception,
  ...more,
});

/** By a system that signs with ed25519. */
function signed(
  body: object,
  {
    id,
    timestamp = Math.floor(house.stage.now / 1000),
    secret = OWN,
  }: { id: string; timestamp?: number; secret?: string },
): Promise<Answer> {
  const text = JSON.stringify(body);
  const signature = signWebhook(secret, { id, timestamp, body: text });
  const headers = { 'webhook-id': id, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature };
  return house.send('POST', PATH, { body: text, headers });
}

async function record(id: string): Promise<{ type: string; actor: unknown; data: Record<string, unknown> }[]> {
  return (await house.stage.machine.platform.store.events(id)).map(({ event }) => event);
}

async function expectRefused(answer: Answer, expected: { status: number; code: string }): Promise<void> {
  expect({ status: answer.status, type: answer.body['type'] }).toEqual({
    status: expected.status,
    type: `urn:onetrack:problem:${expected.code}`,
  });
}

describe('a decision by webhook', () => {
  it('is refused, leaves nothing behind and is logged: tampered, late, early, by another key, by nobody', async () => {
    const id = await house.submitted(ngoc);
    const before = await house.stored();
    const body = accepted(id, { system: 'signing-system' });
    const now = Math.floor(house.stage.now / 1000);
    const logged = house.logged.length;
    const text = JSON.stringify(body);
    const signature = signWebhook(OWN, { id: 'tampered', timestamp: now, body: text });
    const headers = { 'webhook-id': 'tampered', 'webhook-timestamp': String(now), 'webhook-signature': signature };
    const answers = [
      await house.send('POST', PATH, { body: text.replace('"accepted"', '"refused"'), headers }),
      await house.send('POST', PATH, { body: text, headers: { ...headers, 'webhook-id': 'another' } }),
      await signed(body, { id: 'late', timestamp: now - 301 }),
      await signed(body, { id: 'early', timestamp: now + 301 }),
      await signed(body, { id: 'key', secret: webhookSecret('ed25519', new Uint8Array(32).fill(4)) }),
      await signed(body, { id: 'scheme', secret: publicKeyOf(OWN)?.replace('whpk_', 'whsec_') ?? '' }),
      await signed({ ...body, system: 'nobody' }, { id: 'nobody' }),
    ];
    for (const answer of answers) await expectRefused(answer, { status: 401, code: 'unauthenticated' });
    expect(await house.stored()).toBe(before);
    expect(house.logged.slice(logged).map(({ code, why }) => [code, why])).toEqual([
      ['webhook-refused', 'signature'],
      ['webhook-refused', 'signature'],
      ['webhook-refused', 'not-fresh'],
      ['webhook-refused', 'not-fresh'],
      ['webhook-refused', 'signature'],
      ['webhook-refused', 'signature'],
      ['webhook-refused', 'unknown-system'],
    ]);
  });

  it('is refused for too many of anything before one of them is judged, which anybody may send', async () => {
    const reasons = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`!${index}`, 0]));
    const files = Array.from({ length: 61 }, () => 0);
    const body = accepted('d0', { insists: reasons, attachments: files });
    expect(await house.send('POST', PATH, { body })).toMatchObject({
      status: 400,
      body: {
        errors: [
          { at: '/attachments', expected: 'at most 60 items' },
          { at: '/insists', expected: 'at most 100' },
          { at: '/task' },
        ],
      },
    });
  });

  it('is refused for an official who is not there, not of that role, not of that unit, without that assurance, and each stands in the record', async () => {
    const id = await house.submitted(ngoc);
    const cases = [
      [{ official: 'nobody' }, { status: 422, code: 'unknown-official' }],
      [{ official: 'thu-lam-clerk' }, { status: 403, code: 'not-entitled' }],
      [{ system: 'foreign-system' }, { status: 403, code: 'wrong-unit' }],
      [{ assertion: undefined }, { status: 403, code: 'assurance-too-low' }],
      [{ assertion: ngoc }, { status: 403, code: 'not-entitled' }],
    ] as const;
    for (const [index, [more, expected]] of cases.entries()) {
      const body = accepted(id, { system: 'signing-system', ...more });
      await expectRefused(await signed(body, { id: `wrong-${index}` }), expected);
    }
    const events = await record(id);
    expect(
      events.filter(({ type }) => type === 'DecisionRefused').map(({ actor, data }) => ({ actor, ...data })),
    ).toEqual(
      cases.map(([more, { code }]) => ({
        actor: { kind: 'agency', system: 'system' in more ? more.system : 'signing-system' },
        task: `${id}.receive.1`,
        code,
        official: 'official' in more ? more.official : 'thu-lam-reception',
      })),
    );
    expect(events.some(({ type }) => type === 'TaskDecided')).toBe(false);
  });

  it('is recorded once, the same message getting the same answer, another body under its id none', async () => {
    const id = await house.submitted(ngoc);
    const body = accepted(id, { system: 'signing-system' });
    const first = await signed(body, { id: 'once' });
    expect(first.status).toBe(200);
    const replayed = await signed(body, { id: 'once', timestamp: Math.floor(house.stage.now / 1000) + 1 });
    expect(replayed.body).toEqual(first.body);
    expect(replayed.headers.get('idempotent-replayed')).toBe('true');
    await expectRefused(await signed({ ...body, outcome: 'refused' }, { id: 'once' }), {
      status: 422,
      code: 'idempotency-mismatch',
    });
    await expectRefused(await signed(body, { id: 'twice' }), { status: 409, code: 'task-closed' });
    const types = (await record(id)).map(({ type }) => type);
    expect(types.filter((type) => type === 'TaskDecided')).toHaveLength(1);
    expect(types).not.toContain('DecisionRefused');
  });

  it('that was refused stays refused when it is replayed, whatever has become right meanwhile', async () => {
    const id = await house.submitted(ngoc);
    const { registry } = house.stage.machine.platform;
    const body = accepted(id, { system: 'signing-system', official: 'thu-lam-clerk', assertion: undefined });
    const refused = await signed(body, { id: 'replayed' });
    await expectRefused(refused, { status: 403, code: 'not-entitled' });
    const clerk = await registry.get('official', 'thu-lam-clerk');
    if (!clerk) throw new Error('expected a clerk');
    const more = { unit: 'thu-lam', role: 'reception', from: '2026-01-01', title: 'CÔNG CHỨC' };
    await registry.put(
      'official',
      clerk.id,
      { ...clerk.record, appointments: [...clerk.record.appointments, more] },
      clerk.revision,
    );
    const again = await signed(body, { id: 'replayed' });
    expect(again.body).toEqual(refused.body);
    expect(again.headers.get('content-type')).toBe('application/problem+json');
    expect((await record(id)).filter(({ type }) => type === 'DecisionRefused')).toHaveLength(1);
  });

  it('brings documents that its official has uploaded, and nobody else’s', async () => {
    const id = await house.submitted(ngoc);
    const attached = async (token: string) => [
      { component: 'portrait', upload: await house.upload(token), how: 'scan' },
    ];
    const foreign = accepted(id, { attachments: await attached(ngoc) });
    await expectRefused(await house.webhook(PATH, foreign), { status: 422, code: 'document-not-accepted' });
    const own = accepted(id, { attachments: await attached(reception) });
    expect((await house.webhook(PATH, own)).status).toBe(200);
    const decided = (await record(id)).find(({ type }) => type === 'TaskDecided');
    expect(decided?.data['documents']).toMatchObject([{ component: 'portrait' }]);
  });

  it('waits for the official’s signature, and is refused over another hash', async () => {
    const id = await house.submitted(ngoc);
    const official = async (name: string, role: string) => ({
      official: name,
      assertion: await house.official(name, role, 'thu-lam'),
    });
    const chair = await official('thu-lam-chair', 'chairperson');
    const steps = [
      accepted(id),
      {
        ...accepted(id, await official('thu-lam-officer-1', 'case-officer')),
        task: `${id}.verify.1`,
        outcome: 'valid',
      },
      { ...accepted(id, chair), task: `${id}.approve.1`, outcome: 'approved' },
    ];
    for (const step of steps) {
      expect((await house.webhook(PATH, step)).status).toBe(200);
      await house.stage.settle();
    }
    const sign = { ...accepted(id, chair), task: `${id}.sign.1.personal1`, outcome: 'signed' };
    const pending = await house.webhook(PATH, sign);
    expect(pending).toMatchObject({
      status: 202,
      body: { pending: 'signature', toSign: { credential: 'thu-lam-chair' } },
    });
    expect((await record(id)).filter(({ type }) => type === 'IssueSigned')).toEqual([]);
    const { credential, hash } = pending.body['toSign'] as { credential: string; hash: string };
    const authorised = (bytes: Buffer) => ({ credential, activation: house.stage.world.authorize(credential, bytes) });
    const other = { ...sign, signature: authorised(Buffer.alloc(32)) };
    await expectRefused(await house.webhook(PATH, other), { status: 422, code: 'signer-refused' });
    const strange = { ...sign, signature: { ...authorised(Buffer.from(hash, 'base64')), credential: 'thu-lam-clerk' } };
    await expectRefused(await house.webhook(PATH, strange), { status: 422, code: 'signature-invalid' });
    expect((await record(id)).filter(({ type }) => type === 'DecisionRefused').map(({ data }) => data['code'])).toEqual(
      ['signer-refused', 'signature-invalid'],
    );
    const whole = { ...sign, signature: authorised(Buffer.from(hash, 'base64')) };
    expect((await house.webhook(PATH, whole)).status).toBe(200);
    expect((await record(id)).filter(({ type }) => type === 'IssueSigned')).toHaveLength(1);
  }, 60_000);
});

describe('refusals in a dossier’s record', () => {
  it('are there for who decides through the API as well; the denied look at it is in the log', async () => {
    const id = await house.submitted(ngoc);
    const elsewhere = await house.official('dong-anh-reception', 'reception');
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    expect((await house.send('GET', `/dossiers/${id}`, { token: elsewhere })).status).toBe(403);
    expect(house.logged.at(-1)).toMatchObject({ code: 'access-refused', official: 'dong-anh-reception', dossier: id });
    const body = { outcome: 'accepted' };
    expect((await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: officer, body })).status).toBe(403);
    expect((await record(id)).at(-1)).toMatchObject({
      type: 'DecisionRefused',
      actor: { kind: 'official', id: 'thu-lam-officer-1' },
      data: { code: 'wrong-role' },
    });
  });

  it('do not grow without bound, and leave out what is nobody’s wrong', async () => {
    const id = await house.submitted(ngoc);
    const { platform } = house.stage.machine;
    const actor = { kind: 'agency' as const, system: 'ward-system' };
    const refused = { task: `${id}.receive.1`, official: 'thu-lam-clerk', actor };
    expect(await recordRefusal(platform, { ...refused, code: 'form-invalid' })).toBe(false);
    expect(await recordRefusal(platform, { ...refused, code: 'not-entitled', task: `${id}.approve.1` })).toBe(false);
    for (let count = 0; count < MOST_REFUSALS; count += 1)
      expect(await recordRefusal(platform, { ...refused, code: 'not-entitled' })).toBe(true);
    expect(await recordRefusal(platform, { ...refused, code: 'not-entitled' })).toBe(false);
    expect((await record(id)).filter(({ type }) => type === 'DecisionRefused')).toHaveLength(MOST_REFUSALS);
    expect((await house.webhook(PATH, accepted(id))).status).toBe(200);
  });
});

it('the five-minute window begins and ends where Standard Webhooks says', async () => {
  const id = await house.submitted(ngoc);
  const body = accepted(id, { outcome: 'unheardOf' });
  for (const [name, at] of [
    ['earliest', MONDAY - 300_000],
    ['latest', MONDAY + 300_000],
  ] as const)
    expect((await house.webhook(PATH, body, { id: name, at })).status).toBe(422);
});
