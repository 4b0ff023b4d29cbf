import { ApiHouse } from '../../builders/api-house.ts';

const DAY = 86_400_000;
let house: ApiHouse;
let ngoc: string;
let reception: string;
let officer: string;
let chair: string;

beforeEach(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
  officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  chair = await house.official('thu-lam-chair', 'chairperson');
});
afterEach(() => house.close());

const get = (path: string, token: string) => house.send('GET', path, { token });

async function post(path: string, token: string, body: object = {}) {
  const answer = await house.send('POST', path, { token, body });
  await house.stage.settle();
  return answer;
}

/** A dossier that waits for examination. */
async function received(): Promise<string> {
  const id = await house.submitted(ngoc);
  expect((await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' })).status).toBe(200);
  return id;
}

async function list(query: string, token: string): Promise<string[]> {
  const { status, body } = await get(`/tasks?${query}`, token);
  expect(status).toBe(200);
  return (body['items'] as { id: string }[]).map(({ id }) => id);
}

/** Whole lists, read by pages. */
async function pages(query: string, token: string, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let next: string | undefined;
  do {
    const cursor = next === undefined ? '' : `&after=${next}`;
    const { body } = await get(`/tasks?${query}&limit=${limit}${cursor}`, token);
    ids.push(...(body['items'] as { id: string }[]).map(({ id }) => id));
    next = body['next'] as string | undefined;
  } while (next !== undefined);
  return ids;
}

describe('the inbox', () => {
  it('refuses filters that it does not know, each by its name', async () => {
    for (const [query, at] of [
      ['colour=red', ''],
      ['status=done', '/status'],
      ['due=tomorrow', '/due'],
      ['role=clerk&person=me', '/role'],
      ['offset=10', ''],
    ] as const) {
      const { status, body } = await get(`/tasks?${query}`, officer);
      expect(status).toBe(400);
      expect(body).toMatchObject({ type: 'urn:onetrack:problem:invalid-request', errors: [{ at }] });
    }
    expect((await get('/tasks?after=made-up', officer)).status).toBe(400);
    expect((await get('/tasks?unit=thu-lam', ngoc)).body).toMatchObject({ status: 400, errors: [{ at: '/unit' }] });
  });

  it('shows no unit in which the official holds no appointment and acts for nobody', async () => {
    await received();
    const elsewhere = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    expect(await list('', elsewhere)).toEqual([]);
    for (const query of ['unit=thu-lam', 'unit=thu-lam&role=case-officer', 'unit=thu-lam&person=me'])
      expect((await get(`/tasks?${query}`, elsewhere)).body).toMatchObject({
        type: 'urn:onetrack:problem:wrong-unit',
        status: 403,
      });
    expect(await list('person=thu-lam-officer-1', elsewhere)).toEqual([]);
    expect((await get('/tasks/counts?unit=thu-lam', elsewhere)).status).toBe(403);
  });

  it('lists an office’s work by due, and by unit, role, person, status, day, procedure and stage', async () => {
    const first = await received();
    await house.stage.passUntil(house.stage.now + DAY);
    const second = await received();
    const third = await received();
    const waiting = await house.submitted(ngoc);
    const verify = [first, second, third].map((id) => `${id}.verify.1`);
    const [taken = '', , last = ''] = verify;
    expect((await list('', officer)).toSorted()).toEqual(verify.toSorted());
    expect((await list('', officer))[0]).toBe(taken);
    expect(await pages('', officer, 1)).toEqual(await list('', officer));
    expect(await list('unit=thu-lam', officer)).toEqual([...(await list('', officer)), `${waiting}.receive.1`]);
    expect(await list('role=reception', officer)).toEqual([`${waiting}.receive.1`]);
    expect(await list('unit=thu-lam&stage=receive', officer)).toEqual([`${waiting}.receive.1`]);
    expect(await list('procedure=birth-registration', officer)).toEqual([]);
    expect(await list('procedure=library-card', officer)).toHaveLength(3);
    expect((await post(`/tasks/${taken}/claim`, officer)).status).toBe(200);
    expect(await list('person=me', officer)).toEqual([taken]);
    expect(await list('person=thu-lam-officer-1', chair)).toEqual([taken]);
    expect(await list('status=claimed', officer)).toEqual([taken]);
    expect(await list('status=unclaimed', officer)).toHaveLength(2);
    const { body } = await get(`/tasks/${taken}`, officer);
    const due = String(body['due']);
    expect(await list(`due=${due}`, officer)).toEqual([taken]);
    expect(await list(`dueBefore=${due}`, officer)).toEqual([]);
    expect(await list('status=late', officer)).toEqual([]);
    await house.stage.passUntil(Date.parse(`${due}T20:00:00Z`));
    expect(await list('status=late', officer)).toEqual([taken]);
    expect(
      await list(`status=late&due=${String((await get(`/tasks/${last}`, officer)).body['due'])}`, officer),
    ).toEqual([]);
  });

  it('shows a substitute the work of the absent colleague, by the instrument and no longer', async () => {
    const admin = await house.admin();
    const absence = {
      id: 'absence-1',
      kind: 'substitute',
      for: { unit: 'thu-lam', role: 'case-officer', official: 'thu-lam-officer-1' },
      holder: { unit: 'dong-anh', role: 'case-officer', official: 'dong-anh-officer-1' },
      from: '2026-11-16',
      until: '2026-11-17',
      legalBasis: 'Decree 61/2018 art. 12(8)',
    };
    expect((await house.send('PUT', '/instruments/absence-1', { token: admin, body: absence })).status).toBe(200);
    const task = `${await received()}.verify.1`;
    const substitute = await house.official('dong-anh-officer-1', 'case-officer', 'dong-anh');
    expect(await list('', substitute)).toEqual([task]);
    expect(await list('unit=thu-lam', substitute)).toEqual([task]);
    expect((await get('/tasks?unit=thu-lam&role=reception', substitute)).status).toBe(403);
    expect((await get('/tasks/counts', substitute)).body).toMatchObject({
      units: [
        { unit: 'dong-anh', open: 0 },
        { unit: 'thu-lam', role: 'case-officer', open: 1 },
      ],
    });
    await house.stage.passUntil(Date.parse('2026-11-17T17:00:00Z'));
    expect(await list('', substitute)).toEqual([]);
    expect((await get('/tasks?unit=thu-lam', substitute)).status).toBe(403);
  });

  it('shows an applicant what is asked, with its own filters', async () => {
    const id = await received();
    await post(`/tasks/${id}.verify.1/decision`, officer, {
      outcome: 'incomplete',
      comment: 'Ảnh mờ',
      missing: ['portrait'],
    });
    expect(await list('', ngoc)).toHaveLength(1);
    expect(await list('procedure=library-card', ngoc)).toHaveLength(1);
    expect(await list('stage=verify', ngoc)).toEqual([]);
  });
});

describe('the counts', () => {
  it('say what is open, late and due by the next working day, for the unit and for each of its officials', async () => {
    const task = `${await received()}.verify.1`;
    await received();
    await house.submitted(ngoc);
    await post(`/tasks/${task}/claim`, officer);
    const due = String((await get(`/tasks/${task}`, officer)).body['due']);
    const counted = async (token = chair) => (await get('/tasks/counts', token)).body;
    const none = { open: 0, late: 0, soon: 0 };
    expect(await counted()).toMatchObject({
      today: '2026-11-16',
      soonUntil: '2026-11-17',
      units: [{ unit: 'thu-lam', open: 3, late: 0, soon: 0, notes: 0 }],
    });
    const officials = (await counted())['officials'] as { items: { official: string }[] };
    expect(officials.items).toContainEqual({ official: 'thu-lam-officer-1', open: 1, late: 0, soon: 0 });
    expect(officials.items).toContainEqual({ official: 'thu-lam-chair', ...none });
    await house.stage.passUntil(Date.parse(`${due}T01:00:00Z`));
    expect(await counted()).toMatchObject({ units: [{ open: 3, late: 0, soon: 2 }] });
    await house.stage.passUntil(Date.parse(`${due}T20:00:00Z`));
    // Both that are late wait for whoever heads the unit too: a note of each, listed with the work and counted apart.
    expect(await counted()).toMatchObject({ units: [{ open: 3, late: 2, soon: 0, notes: 2 }] });
    const notes = await list('', chair);
    expect(notes).toEqual([expect.stringContaining('.lateness.1'), expect.stringContaining('.lateness.1')]);
    expect(await list('unit=thu-lam', chair)).toHaveLength(5);
    await post(`/tasks/${String(notes[0])}/decision`, chair, { outcome: 'noted' });
    expect(await counted()).toMatchObject({ units: [{ open: 3, late: 2, soon: 0, notes: 1 }] });
    await post(`/tasks/${String(notes[1])}/claim`, chair);
    expect(await list('person=me', chair)).toEqual([notes[1]]);
    const page = (await get('/tasks/counts?limit=2', chair)).body['officials'] as { items: object[]; next: string };
    expect(page.items).toHaveLength(2);
    const rest = (await get(`/tasks/counts?limit=100&after=${page.next}`, chair)).body['officials'];
    expect(
      [...page.items, ...(rest as { items: object[] }).items].map((item) => (item as { official: string }).official),
    ).toEqual(officials.items.map(({ official }) => official));
    expect((await get('/tasks/counts?after=made-up', chair)).status).toBe(400);
  });
});
