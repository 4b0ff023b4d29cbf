import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;
let officer: string;
let chair: string;
let clerk: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  chair = await house.official('thu-lam-chair', 'chairperson');
  clerk = await house.official('thu-lam-clerk', 'clerk');
});
afterAll(() => house.close());

async function decide(token: string, task: string, body: object, key?: string) {
  const answer = await house.send('POST', `/tasks/${task}/decision`, {
    token,
    body,
    ...(key !== undefined && { key }),
  });
  await house.stage.settle();
  return answer;
}

describe('a task', () => {
  it('is refused to another role, another unit and the applicant', async () => {
    const id = await house.submitted(ngoc);
    const task = `${id}.receive.1`;
    expect((await decide(officer, task, { outcome: 'accepted' })).body).toMatchObject({ status: 403 });
    const elsewhere = await house.official('dong-anh-reception', 'reception');
    expect((await decide(elsewhere, task, { outcome: 'accepted' })).body).toMatchObject({ status: 403 });
    expect((await decide(ngoc, task, { outcome: 'accepted' })).body).toMatchObject({ status: 403 });
    const other = await house.applicant('other');
    expect((await decide(other, task, { outcome: 'accepted' })).body).toMatchObject({ status: 404 });
  });

  it('is decided once, however often it is asked', async () => {
    const id = await house.submitted(ngoc);
    const task = `${id}.receive.1`;
    const answers = await Promise.all([
      decide(reception, task, { outcome: 'accepted' }),
      decide(reception, task, { outcome: 'accepted' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const { body } = await house.send('GET', `/dossiers/${id}/events`, { token: ngoc });
    const events = body['items'] as { event: { type: string } }[];
    expect(events.filter(({ event }) => event.type === 'TaskDecided')).toHaveLength(1);
  });

  it('is refused to others while one official has it, until he gives it back', async () => {
    const id = await house.submitted(ngoc);
    await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
    const task = `${id}.verify.1`;
    const second = await house.official('thu-lam-officer-2', 'case-officer', 'thu-lam');
    expect((await house.send('POST', `/tasks/${task}/claim`, { token: officer })).status).toBe(200);
    expect((await decide(second, task, { outcome: 'valid' })).body).toMatchObject({
      type: 'urn:onetrack:problem:claimed-by-another',
    });
    expect((await house.send('POST', `/tasks/${task}/release`, { token: second })).status).toBe(409);
    expect((await house.send('POST', `/tasks/${task}/release`, { token: officer })).status).toBe(200);
    expect((await decide(second, task, { outcome: 'valid' })).status).toBe(200);
  });

  it('is listed in the queue of its unit and role alone', async () => {
    const id = await house.submitted(ngoc);
    const mine = await house.send('GET', '/tasks?limit=100', { token: reception });
    expect(JSON.stringify(mine.body)).toContain(`${id}.receive.1`);
    expect(JSON.stringify((await house.send('GET', '/tasks', { token: clerk })).body)).not.toContain(id);
  });

  it('leads to a result signed in the order of law, fetched by its applicant', async () => {
    const id = await house.submitted(ngoc);
    await decide(reception, `${id}.receive.1`, { outcome: 'accepted' });
    await decide(officer, `${id}.verify.1`, { outcome: 'valid' });
    await decide(chair, `${id}.approve.1`, { outcome: 'approved' });
    const open = await house.send('GET', `/dossiers/${id}`, { token: chair });
    const [step] = open.body['tasks'] as { id: string }[];
    const task = step?.id ?? '';
    expect((await house.send('GET', `/dossiers/${id}/result`, { token: ngoc })).status).toBe(202);
    expect((await decide(clerk, task, { outcome: 'signed' })).body).toMatchObject({ status: 403 });
    expect((await decide(chair, task, { outcome: 'signed' })).body).toMatchObject({
      type: 'urn:onetrack:problem:signature-required',
    });
    const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
    const toSign = body['toSign'] as { credential: string; hash: string; algorithm: string };
    expect(toSign).toMatchObject({ credential: 'thu-lam-chair', algorithm: 'SHA-256' });
    expect((await house.send('GET', `/tasks/${task}`, { token: clerk })).body).not.toHaveProperty('toSign');
    const credential = toSign.credential;
    const wrong = { outcome: 'signed', signature: { credential, activation: 'made-up' } };
    expect((await decide(chair, task, wrong)).body).toMatchObject({ type: 'urn:onetrack:problem:signer-refused' });
    const activation = house.stage.world.authorize(credential, Buffer.from(toSign.hash, 'base64'));
    const signed = await decide(chair, task, { outcome: 'signed', signature: { credential, activation } });
    expect(signed.status).toBe(200);
    await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' });
    const found = await house.send('GET', `/dossiers/${id}/result`, { token: ngoc });
    expect(found.status).toBe(303);
    const file = await house.app.request(found.headers.get('location') ?? '');
    expect(
      Buffer.from(await file.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    await house.send('GET', `/dossiers/${id}/result`, { token: ngoc });
    const record = await house.send('GET', `/dossiers/${id}/events`, { token: ngoc });
    const types = (record.body['items'] as { event: { type: string } }[]).map(({ event }) => event.type);
    expect(types.filter((type) => type === 'ResultDelivered')).toHaveLength(1);
  }, 60_000);
});

describe('a webhook', () => {
  const decision = (id: string, more: object = {}) => ({
    system: 'ward-system',
    task: `${id}.receive.1`,
    official: 'thu-lam-reception',
    outcome: 'accepted',
    ...more,
  });

  it('is refused unsigned, signed by another secret, too old, or over other bytes', async () => {
    const id = await house.submitted(ngoc);
    const body = decision(id);
    expect((await house.send('POST', '/webhooks/decisions', { body })).status).toBe(401);
    const secret = `whsec_${Buffer.from('another secret').toString('base64')}`;
    expect((await house.webhook('/webhooks/decisions', body, { secret })).status).toBe(401);
    const at = house.stage.now - 600_000;
    expect((await house.webhook('/webhooks/decisions', body, { at })).status).toBe(401);
    expect((await house.webhook('/webhooks/decisions', { ...body, system: 'nobody' })).status).toBe(401);
  });

  it('is refused for a foreign unit, and for an official without the appointment', async () => {
    const id = await house.submitted(ngoc);
    const clerkDecides = decision(id, { official: 'thu-lam-clerk' });
    expect((await house.webhook('/webhooks/decisions', clerkDecides)).body).toMatchObject({
      type: 'urn:onetrack:problem:not-entitled',
    });
    const body = { ...(await house.submission(ngoc)), unit: 'dong-anh' };
    const foreign = await house.send('POST', '/dossiers', { token: ngoc, body });
    await house.stage.settle();
    const refused = await house.webhook('/webhooks/decisions', decision(String(foreign.body['id'])));
    expect(refused.body).toMatchObject({ type: 'urn:onetrack:problem:wrong-unit' });
  });

  it('decides without the official’s own token only where the stage lets a system vouch', async () => {
    const id = await house.submitted(ngoc);
    const alone = await house.webhook('/webhooks/decisions', decision(id), { id: 'alone' });
    expect(alone.body).toMatchObject({ type: 'urn:onetrack:problem:assurance-too-low' });
    const stolen = decision(id, { assertion: clerk });
    expect((await house.webhook('/webhooks/decisions', stolen, { id: 'stolen' })).status).toBe(403);
    const whole = decision(id, { assertion: reception });
    const first = await house.webhook('/webhooks/decisions', whole, { id: 'whole' });
    expect(first.status).toBe(200);
    const again = await house.webhook('/webhooks/decisions', whole, { id: 'whole' });
    expect(again.body).toEqual(first.body);
    const other = await house.webhook('/webhooks/decisions', { ...whole, comment: 'x' }, { id: 'whole' });
    expect(other.body).toMatchObject({ type: 'urn:onetrack:problem:idempotency-mismatch' });
  });

  it('records a payment that nobody owed once, to be given back', async () => {
    const id = await house.submitted(ngoc);
    const body = { system: 'ward-system', payment: 'p-1', dossier: id, amount: { value: 1000, currency: 'VND' } };
    const paid = await house.webhook('/webhooks/payments', body);
    expect(paid.body).toMatchObject({ status: { financial: 'refund-due' } });
    const again = await house.webhook('/webhooks/payments', body, { id: 'msg_2' });
    expect(again.body['head']).toEqual(paid.body['head']);
  });
});

describe('the feed', () => {
  it('gives officials the events of their unit, in order, and goes on after a cursor', async () => {
    await house.submitted(ngoc);
    const first = await house.send('GET', '/events?limit=3', { token: reception });
    expect((first.body['items'] as unknown[]).length).toBe(3);
    expect(first.body['items']).toEqual(expect.arrayContaining([expect.objectContaining({ specversion: '1.0' })]));
    const after = encodeURIComponent(String(first.body['cursor']));
    const second = await house.send('GET', `/events?limit=3&after=${after}`, { token: reception });
    expect(second.body['items']).not.toEqual(first.body['items']);
    const coordinator = await house.official('coordinator', 'coordinator', 'coordination');
    expect((await house.send('GET', '/events', { token: coordinator })).body['items']).toEqual([]);
  });
});
