import { ApiHouse } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;
let officer: string;
let second: string;
let chair: string;
let admin: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  second = await house.official('thu-lam-officer-2', 'case-officer', 'thu-lam');
  chair = await house.official('thu-lam-chair', 'chairperson');
  admin = await house.admin();
});
afterAll(() => house.close());

async function post(path: string, token: string, body: object = {}, key?: string) {
  const answer = await house.send('POST', path, { token, body, ...(key !== undefined && { key }) });
  await house.stage.settle();
  return answer;
}

/** A task of examination that officer 1 has taken. */
async function taken(): Promise<string> {
  const id = await house.submitted(ngoc);
  await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
  const task = `${id}.verify.1`;
  expect((await post(`/tasks/${task}/claim`, officer)).status).toBe(200);
  return task;
}

const claimedBy = async (task: string) =>
  (await house.send('GET', `/tasks/${task}`, { token: chair })).body['claimedBy'];

async function events(task: string) {
  const { body } = await house.send('GET', `/dossiers/${task.split('.')[0]}/events`, { token: chair });
  return (body['items'] as { event: { type: string; actor: { id?: string }; data: object; secret?: string } }[]).map(
    ({ event }) => event,
  );
}

describe('simultaneous claims', () => {
  it('are one claim; the others are told who has the task', async () => {
    const id = await house.submitted(ngoc);
    await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
    const task = `${id}.verify.1`;
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        house.send('POST', `/tasks/${task}/claim`, { token: n % 2 ? officer : second }),
      ),
    );
    const winner = await claimedBy(task);
    const lost = answers.filter(({ status }) => status !== 200);
    expect(lost).toHaveLength(6);
    for (const { body } of lost)
      expect(body).toMatchObject({ status: 409, type: 'urn:onetrack:problem:claimed-by-another', claimedBy: winner });
    expect((await events(task)).filter(({ type }) => type === 'TaskClaimed')).toHaveLength(1);
  });
});

describe('handing over', () => {
  it('is refused to who has not taken the task, to nobody who could do it, and without a reason', async () => {
    const task = await taken();
    const give = (token: string, to: string, reason = 'Đi công tác') =>
      post(`/tasks/${task}/hand-over`, token, { to, reason });
    expect((await give(second, 'thu-lam-officer-2')).body).toMatchObject({
      type: 'urn:onetrack:problem:claimed-by-another',
      claimedBy: 'thu-lam-officer-1',
    });
    expect((await give(officer, 'thu-lam-clerk')).body).toMatchObject({
      type: 'urn:onetrack:problem:no-authority',
      errors: [{ at: '/to' }],
    });
    expect((await give(officer, 'nobody')).body).toMatchObject({ type: 'urn:onetrack:problem:unknown-official' });
    expect((await give(officer, 'thu-lam-officer-2', '')).status).toBe(400);
    await post(`/tasks/${task}/release`, officer);
    expect((await give(officer, 'thu-lam-officer-2')).body).toMatchObject({
      type: 'urn:onetrack:problem:not-entitled',
    });
    expect(await claimedBy(task)).toBeNull();
  });

  it('makes the task the colleague’s alone, and the record say who gave it to whom and that there was a reason', async () => {
    const task = await taken();
    const body = { to: 'thu-lam-officer-2', reason: 'Nghỉ phép từ ngày mai' };
    expect((await post(`/tasks/${task}/hand-over`, officer, body, 'once')).status).toBe(200);
    expect((await post(`/tasks/${task}/hand-over`, officer, body, 'once')).headers.get('idempotent-replayed')).toBe(
      'true',
    );
    const given = (await events(task)).filter(({ type }) => type === 'TaskHandedOver');
    expect(given).toMatchObject([
      {
        actor: { id: 'thu-lam-officer-1' },
        data: { task, from: 'thu-lam-officer-1', to: 'thu-lam-officer-2', how: 'handed-over' },
        secret: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    expect(JSON.stringify(given)).not.toContain('Nghỉ phép');
    expect((await post(`/tasks/${task}/decision`, officer, { outcome: 'valid' })).status).toBe(409);
    expect((await post(`/tasks/${task}/decision`, second, { outcome: 'valid' })).status).toBe(200);
    expect((await post(`/tasks/${task}/hand-over`, second, body)).body).toMatchObject({
      type: 'urn:onetrack:problem:task-closed',
      decided: { by: 'thu-lam-officer-2' },
    });
  });
});

describe('the head of a unit', () => {
  it('alone gives its work to another, or back to the queue', async () => {
    const task = await taken();
    const give = (token: string, to: string | null, more: object = {}) =>
      post(`/tasks/${task}/reassign`, token, { to, reason: 'Ốm', ...more });
    expect((await give(second, 'thu-lam-officer-2')).body).toMatchObject({ type: 'urn:onetrack:problem:wrong-role' });
    const elsewhere = await house.official('dong-anh-chair', 'chairperson');
    expect((await give(elsewhere, 'thu-lam-officer-2')).status).toBe(403);
    expect((await give(chair, 'thu-lam-reception')).status).toBe(403);
    expect(await claimedBy(task)).toBe('thu-lam-officer-1');
    expect((await give(chair, 'thu-lam-officer-2')).status).toBe(200);
    expect(await claimedBy(task)).toBe('thu-lam-officer-2');
    expect((await give(chair, null)).status).toBe(200);
    expect(await claimedBy(task)).toBeNull();
    expect((await events(task)).filter(({ type }) => type === 'TaskHandedOver')).toMatchObject([
      {
        actor: { id: 'thu-lam-chair' },
        data: { from: 'thu-lam-officer-1', to: 'thu-lam-officer-2', how: 'reassigned' },
      },
      { actor: { id: 'thu-lam-chair' }, data: { from: 'thu-lam-officer-2', to: null, how: 'reassigned' } },
    ]);
  });

  it('may be the deputy, by the instrument that lets him act for the head', async () => {
    const task = await taken();
    const deputy = await house.official('thu-lam-deputy', 'deputy-chairperson');
    const body = { to: 'thu-lam-officer-2', reason: 'Ốm' };
    expect((await post(`/tasks/${task}/reassign`, deputy, body)).status).toBe(403);
    expect((await post(`/tasks/${task}/reassign`, deputy, { ...body, onBehalfOf: 'thu-lam-kt' })).status).toBe(200);
    expect(await claimedBy(task)).toBe('thu-lam-officer-2');
  });

  it('is nobody where the registry names no role: the refusal says so', async () => {
    const unit = (await house.send('GET', '/units/dong-anh', { token: admin })).body;
    const { head: _, ...headless } = unit;
    expect((await house.send('PUT', '/units/dong-anh', { token: admin, body: headless })).status).toBeLessThan(300);
    const body = { ...(await house.submission(ngoc)), unit: 'dong-anh' };
    const { body: made } = await house.send('POST', '/dossiers', { token: ngoc, body });
    await house.stage.settle();
    const head = await house.official('dong-anh-chair', 'chairperson');
    const task = `${String(made['id'])}.receive.1`;
    const refused = await post(`/tasks/${task}/reassign`, head, { to: 'dong-anh-reception', reason: 'Ốm' });
    expect(refused.body).toMatchObject({ status: 403, type: 'urn:onetrack:problem:wrong-role' });
  });
});

describe('a task of somebody who is not there', () => {
  const absence = {
    id: 'absence-2',
    kind: 'substitute',
    for: { unit: 'thu-lam', role: 'case-officer', official: 'thu-lam-officer-1' },
    holder: { unit: 'dong-anh', role: 'case-officer', official: 'dong-anh-officer-1' },
    from: '2026-11-16',
    until: '2026-11-30',
    legalBasis: 'Decree 61/2018 art. 12(8)',
  };

  it('is taken by his substitute, and given to nobody who is away', async () => {
    const task = await taken();
    const substitute = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    const other = await taken();
    expect((await house.send('PUT', '/instruments/absence-2', { token: admin, body: absence })).status).toBe(200);
    expect((await post(`/tasks/${task}/claim`, second)).status).toBe(409);
    expect((await post(`/tasks/${task}/claim`, substitute, { onBehalfOf: 'absence-2' })).status).toBe(200);
    expect(await claimedBy(task)).toBe('dong-anh-officer-1');
    const back = await post(`/tasks/${task}/reassign`, chair, { to: 'thu-lam-officer-1', reason: 'Ốm' });
    expect(back.body).toMatchObject({
      type: 'urn:onetrack:problem:no-authority',
      detail: expect.stringContaining('dong-anh-officer-1 stands in') as string,
    });
    const valid = { outcome: 'valid', onBehalfOf: 'absence-2' };
    expect((await post(`/tasks/${task}/decision`, substitute, valid)).status).toBe(200);
    expect((await post(`/tasks/${other}/reassign`, chair, { to: 'thu-lam-officer-2', reason: 'Ốm' })).status).toBe(200);
    expect((await post(`/tasks/${other}/decision`, second, { outcome: 'valid' })).status).toBe(200);
    expect(
      (await house.send('PUT', '/instruments/absence-2', { token: admin, body: { ...absence, until: '2026-11-16' } }))
        .status,
    ).toBeLessThan(300);
  });

  it('is free for whoever holds the office once he has left it', async () => {
    const task = await taken();
    const { body } = await house.send('GET', '/officials/thu-lam-officer-1', { token: admin });
    const left = (body['appointments'] as object[]).map((own) => ({ ...own, until: '2026-11-15' }));
    await house.send('PUT', '/officials/thu-lam-officer-1', { token: admin, body: { ...body, appointments: left } });
    expect((await post(`/tasks/${task}/claim`, reception)).status).toBe(403);
    expect((await post(`/tasks/${task}/claim`, second)).status).toBe(200);
    expect(await claimedBy(task)).toBe('thu-lam-officer-2');
  });
});
