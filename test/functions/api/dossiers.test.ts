import { ApiHouse, announcement, FORM, PDF } from '../../builders/api-house.ts';

let house: ApiHouse;
let ngoc: string;
let reception: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  reception = await house.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

describe('a submission', () => {
  it('is refused for a procedure that is not published, naming the place', async () => {
    const body = { ...(await house.submission(ngoc)), procedure: 'moon-landing' };
    const answer = await house.send('POST', '/dossiers', { token: ngoc, body });
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject({
      type: 'urn:onetrack:problem:unknown-procedure',
      status: 404,
      instance: '/v1/dossiers',
      errors: [{ at: '/procedure' }],
    });
  });

  it('is refused with each field of the form that is at fault', async () => {
    const body = {
      ...(await house.submission(ngoc)),
      form: { applicant: { ...(FORM['applicant'] as object), birthDate: 'soon' } },
    };
    const answer = await house.send('POST', '/dossiers', { token: ngoc, body });
    expect(answer.status).toBe(422);
    expect(answer.body['errors']).toEqual([expect.objectContaining({ at: '/form/applicant/birthDate' })]);
  });

  it.each([
    ['that a screen shows otherwise than a paper', 'Trần \u202eiaM\u202c', 'direction'],
    ['with a control character', 'Trần \u0007Mai', 'control characters'],
    ['with a control character of the second row', 'Trần \u0085Mai', 'control characters'],
    ['with what is no character', 'Trần \uffffMai', 'control characters'],
    ['of which nothing can be seen', '\u200b\u2060', 'something that can be seen'],
  ])('is refused with a text %s', async (_, name, expected) => {
    const applicant = { ...(FORM['applicant'] as object), name };
    const body = { ...(await house.submission(ngoc)), form: { ...FORM, applicant } };
    const answer = await house.send('POST', '/dossiers', { token: ngoc, body });
    expect(answer.body).toMatchObject({ status: 400, detail: expect.stringContaining(expected) as string });
  });

  it('is refused without a document that is needed', async () => {
    const answer = await house.send('POST', '/dossiers', {
      token: ngoc,
      body: { procedure: 'library-card', unit: 'thu-lam', form: FORM },
    });
    expect(answer.body).toMatchObject({ type: 'urn:onetrack:problem:document-missing', status: 422 });
  });

  it('is refused with the upload of somebody else', async () => {
    const other = await house.applicant('somebody-else');
    const body = await house.submission(other);
    const answer = await house.send('POST', '/dossiers', { token: ngoc, body });
    expect(answer.body).toMatchObject({ type: 'urn:onetrack:problem:document-not-accepted' });
  });

  it('is refused from an official who claims to be online, or receives for another unit', async () => {
    const body = await house.submission(reception);
    expect((await house.send('POST', '/dossiers', { token: reception, body })).status).toBe(403);
    const elsewhere = { ...body, channel: 'counter', unit: 'dong-anh' };
    expect((await house.send('POST', '/dossiers', { token: reception, body: elsewhere })).body).toMatchObject({
      type: 'urn:onetrack:problem:wrong-unit',
    });
  });

  it('gets the same answer when it is repeated under its key, and exists once', async () => {
    const body = await house.submission(ngoc);
    const [first, second] = await Promise.all([
      house.send('POST', '/dossiers', { token: ngoc, body, key: 'once' }),
      house.send('POST', '/dossiers', { token: ngoc, body, key: 'once' }),
    ]);
    const third = await house.send('POST', '/dossiers', { token: ngoc, body, key: 'once' });
    expect([first.status, second.status, third.status]).toEqual([201, 201, 201]);
    expect(second.body).toEqual(first.body);
    expect(third.body).toEqual(first.body);
    expect(third.headers.get('idempotent-replayed')).toBe('true');
  });

  it('is refused under a key that stood for another body', async () => {
    const body = await house.submission(ngoc);
    await house.send('POST', '/dossiers', { token: ngoc, body, key: 'taken' });
    const other = await house.send('POST', '/dossiers', {
      token: ngoc,
      body: { ...body, unit: 'dong-anh' },
      key: 'taken',
    });
    expect(other.body).toMatchObject({ type: 'urn:onetrack:problem:idempotency-mismatch', status: 422 });
  });
});

describe('an upload', () => {
  it('is refused when its bytes are another file, or of another kind', async () => {
    const announced = await house.send('POST', '/uploads', { token: ngoc, body: announcement(PDF) });
    const wrong = await house.app.request(String(announced.body['url']), { method: 'PUT', body: 'something else' });
    expect(wrong.status).toBe(422);
    const text = Buffer.from('not a PDF at all');
    const lied = await house.send('POST', '/uploads', { token: ngoc, body: announcement(text) });
    const sent = await house.app.request(String(lied.body['url']), { method: 'PUT', body: text });
    expect(await sent.json()).toMatchObject({ errors: [{ at: 'mediaType', expected: 'application/pdf' }] });
  });

  it('is refused at an address that was changed or has expired', async () => {
    const { body } = await house.send('POST', '/uploads', { token: ngoc, body: announcement(PDF) });
    const url = new URL(String(body['url']));
    url.searchParams.set('expires', String(Number(url.searchParams.get('expires')) + 1));
    expect((await house.app.request(url.href, { method: 'PUT', body: PDF })).status).toBe(403);
  });

  it('is the same upload when it is announced again under the same key', async () => {
    const request = { token: ngoc, body: announcement(PDF), key: 'file-1' };
    const first = await house.send('POST', '/uploads', request);
    expect((await house.send('POST', '/uploads', request)).body).toEqual(first.body);
    const other = await house.send('POST', '/uploads', { ...request, body: { ...announcement(PDF), size: 5 } });
    expect(other.status).toBe(422);
  });
});

describe('a dossier', () => {
  it('does not exist for another applicant and belongs to another unit for its officials', async () => {
    const id = await house.submitted(ngoc);
    for (const path of ['', '/events', '/deadline', '/result', '/evidence']) {
      const other = await house.send('GET', `/dossiers/${id}${path}`, { token: await house.applicant('other') });
      expect(other.body).toMatchObject({ type: 'urn:onetrack:problem:unknown-dossier', status: 404 });
      const token = await house.official('dong-anh-reception', 'reception');
      expect((await house.send('GET', `/dossiers/${id}${path}`, { token })).status).toBe(403);
    }
  });

  it('tells its statuses apart, with documents, open tasks and form', async () => {
    const id = await house.submitted(ngoc);
    const { status, body } = await house.send('GET', `/dossiers/${id}`, { token: ngoc });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      code: null,
      status: { business: 'submitted', portal: 1, financial: 'nothing-owed', delivery: 'none', sync: 'none' },
      stage: 'receive',
      documents: [{ component: 'portrait', name: 'portrait.pdf', mediaType: 'application/pdf' }],
      tasks: [{ id: `${id}.receive.1`, role: 'reception' }],
      form: FORM,
    });
  });

  it('shows the administrator where it stands, without form and file names', async () => {
    const id = await house.submitted(ngoc);
    const { body } = await house.send('GET', `/dossiers/${id}`, { token: await house.admin() });
    expect(JSON.stringify(body)).not.toMatch(/portrait\.pdf|Trần/);
  });

  it('is tracked by anybody who has its reference, by code and completion alone', async () => {
    const id = await house.submitted(ngoc);
    const { body } = await house.send('GET', `/dossiers/${id}`, { token: ngoc });
    const tracked = await house.send('GET', `/tracking/${String(body['reference'])}`);
    expect(tracked.body).toEqual({ code: null, completion: 'in-process' });
    expect((await house.send('GET', '/tracking/NO-SUCH')).status).toBe(404);
  });

  it('goes through reception and supplement, is withdrawn once and hands out its document', async () => {
    const id = await house.submitted(ngoc);
    const task = `${id}.receive.1`;
    const noReason = await house.send('POST', `/tasks/${task}/decision`, {
      token: reception,
      body: { outcome: 'incomplete', missing: ['portrait'] },
    });
    expect(noReason.body).toMatchObject({ type: 'urn:onetrack:problem:reason-missing' });
    const asked = await house.send('POST', `/tasks/${task}/decision`, {
      token: reception,
      body: { outcome: 'incomplete', missing: ['portrait'], comment: 'Ảnh mờ' },
    });
    expect(asked.status).toBe(200);
    await house.stage.settle();
    const mine = await house.send('GET', '/tasks', { token: ngoc });
    const { platform } = house.stage.machine;
    const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
    const due = loaded?.dossier.stages['complete']?.until?.slice(0, 10);
    expect(due).toMatch(/^\d{4}-\d\d-\d\d$/);
    const asks = expect.arrayContaining([expect.objectContaining({ id: `${id}.complete.1`, due })]) as unknown;
    expect(mine.body['items']).toEqual(asks);
    expect((await house.send('GET', `/dossiers/${id}`, { token: ngoc })).body['tasks']).toEqual(asks);
    const lacking = await house.send('POST', `/dossiers/${id}/supplements`, { token: ngoc, body: {} });
    expect(lacking.body).toMatchObject({ type: 'urn:onetrack:problem:document-missing' });
    const upload = await house.upload(ngoc);
    const supplement = { documents: [{ component: 'portrait', upload }] };
    const answered = await house.send('POST', `/dossiers/${id}/supplements`, {
      token: ngoc,
      body: supplement,
      key: 's',
    });
    expect(answered.status).toBe(200);
    await house.stage.settle();
    const again = await house.send('POST', `/dossiers/${id}/supplements`, { token: ngoc, body: supplement, key: 's' });
    expect(again.body).toEqual(answered.body);
    const { body } = await house.send('GET', `/dossiers/${id}`, { token: reception });
    const [{ sha256 } = { sha256: '' }] = body['documents'] as { sha256: string }[];
    const found = await house.send('GET', `/dossiers/${id}/documents/${sha256}`, { token: reception });
    expect(found.status).toBe(303);
    const file = await house.app.request(found.headers.get('location') ?? '');
    expect(Buffer.from(await file.arrayBuffer())).toEqual(PDF);
    expect(file.headers.get('content-disposition')).toContain('attachment');
    expect((await house.send('GET', `/dossiers/${id}/result`, { token: ngoc })).status).toBe(409);
    const withdrawn = await house.send('POST', `/dossiers/${id}/withdrawal`, { token: ngoc, body: {}, key: 'w' });
    expect(withdrawn.status).toBe(200);
    await house.stage.settle();
    expect((await house.send('POST', `/dossiers/${id}/withdrawal`, { token: ngoc, body: {}, key: 'w' })).body).toEqual(
      withdrawn.body,
    );
    expect((await house.send('POST', `/dossiers/${id}/withdrawal`, { token: ngoc, body: {} })).status).toBe(409);
    const rated = await house.send('POST', `/dossiers/${id}/rating`, { token: ngoc, body: { score: 4 } });
    expect(rated.status).toBe(200);
    expect((await house.send('POST', `/dossiers/${id}/rating`, { token: ngoc, body: { score: 4 } })).status).toBe(409);
    expect((await house.send('GET', `/dossiers/${id}/result`, { token: ngoc })).status).toBe(404);
  });

  it('explains its deadline once it is accepted', async () => {
    const id = await house.submitted(ngoc);
    const before = await house.send('GET', `/dossiers/${id}/deadline`, { token: ngoc });
    expect(before.body).toMatchObject({ state: 'not-started', due: null });
    await house.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
    await house.stage.settle();
    const { body } = await house.send('GET', `/dossiers/${id}/deadline`, { token: ngoc });
    expect(body).toMatchObject({ state: 'due', due: '2026-11-19' });
    expect(body['steps']).toEqual(
      expect.arrayContaining([expect.objectContaining({ text: expect.anything() as unknown })]),
    );
  });

  it('is listed for its applicant and its unit, page by page, and for nobody else', async () => {
    const first = await house.send('GET', '/dossiers?limit=1', { token: ngoc });
    expect((first.body['items'] as unknown[]).length).toBe(1);
    const second = await house.send(
      'GET',
      `/dossiers?limit=1&after=${encodeURIComponent(String(first.body['next']))}`,
      { token: ngoc },
    );
    expect(second.body['items']).not.toEqual(first.body['items']);
    const elsewhere = await house.official('dong-anh-reception', 'reception');
    expect((await house.send('GET', '/dossiers', { token: elsewhere })).body['items']).toEqual([]);
    expect((await house.send('GET', '/dossiers?after=nonsense', { token: ngoc })).status).toBe(400);
  });
});

describe('the reason of a decision', () => {
  it('is told to officials, and to the applicant only where it is meant for him', async () => {
    const id = await house.submitted(ngoc);
    const decide = async (token: string, stage: string, body: unknown): Promise<void> => {
      expect((await house.send('POST', `/tasks/${id}.${stage}.1/decision`, { token, body })).status).toBe(200);
      await house.stage.settle();
    };
    const officer = await house.official('thu-lam-officer-1', 'case-officer');
    await decide(reception, 'receive', { outcome: 'accepted', comment: 'Between us: known family' });
    await decide(officer, 'verify', {
      outcome: 'incomplete',
      comment: 'The picture is blurred',
      missing: ['portrait'],
    });
    const told = async (token: string): Promise<unknown[]> => {
      const { body } = await house.send('GET', `/dossiers/${id}/events`, { token });
      return (body['items'] as { comment?: string }[]).flatMap(({ comment }) => comment ?? []);
    };
    expect(await told(reception)).toEqual(['Between us: known family', 'The picture is blurred']);
    expect(await told(ngoc)).toEqual(['The picture is blurred']);
    expect(await told(await house.admin())).toEqual([]);
  });

  it('that a signed paper will say is not told to the applicant before', async () => {
    const id = await house.submitted(ngoc);
    const decide = async (token: string, task: string, body: object): Promise<void> => {
      expect((await house.send('POST', `/tasks/${id}.${task}/decision`, { token, body })).status).toBe(200);
      await house.stage.settle();
    };
    const told = async (): Promise<unknown[]> => {
      const { body } = await house.send('GET', `/dossiers/${id}/events`, { token: ngoc });
      return (body['items'] as { comment?: string }[]).flatMap(({ comment }) => comment ?? []);
    };
    const officer = await house.official('thu-lam-officer-1', 'case-officer');
    const chair = await house.official('thu-lam-chair', 'chairperson');
    await decide(reception, 'receive.1', { outcome: 'accepted' });
    await decide(officer, 'verify.1', { outcome: 'invalid', comment: 'A first thought' });
    expect(await told()).toEqual([]);
    await decide(chair, 'signRefusal.1.personal1', { outcome: 'declined', comment: 'Say it better' });
    await decide(officer, 'verify.2', { outcome: 'invalid', comment: 'Not resident in the commune' });
    expect(await told()).toEqual([]);
  });
});
