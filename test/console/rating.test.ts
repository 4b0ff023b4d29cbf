import { ConsoleHouse, hidden, MAI, OFFICER, RECEPTION, type Shown } from '../builders/console-house.ts';

const DAY = 86_400_000;
let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open();
});
afterAll(() => house.close());
beforeEach(async () => {
  id = await house.api.submitted(await house.api.applicant('mai'));
});

async function ends(): Promise<void> {
  const token = await house.api.applicant('mai');
  const { status } = await house.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: {} });
  expect(status).toBe(200);
  await house.api.stage.settle();
}
const own = (headers?: Record<string, string>): Promise<Shown> => house.get(`/console/mine/${id}`, MAI, headers);
const rate = (fields: Record<string, string>, person = MAI): Promise<Shown> =>
  house.post(`/console/mine/${id}/rating`, person, fields);
const ratings = async (): Promise<object[]> =>
  (await house.api.stage.machine.platform.store.events(id))
    .filter(({ event }) => event.type === 'RatingGiven')
    .map(({ event }) => event.data);

describe('rating a dossier', () => {
  it('is not asked before there is a result, and refused', async () => {
    expect((await own()).text).not.toContain('name="score"');
    expect((await rate({ score: '5', once: 'a' })).status).toBe(409);
    expect(await ratings()).toEqual([]);
  });

  it('is asked after it, until when, and that nothing follows', async () => {
    await ends();
    const { text } = await own();
    for (const said of ['How was it?', 'name="score"', '16 December 2026', 'It changes nothing of the result.'])
      expect(text).toContain(said);
    expect((await own({ cookie: '__Host-onetrack-language=vi' })).text).toContain('Ông/bà có hài lòng không?');
  });

  it('without a score is said at its field, with what was written kept', async () => {
    await ends();
    for (const score of ['', '0', '6', '4.5']) {
      const { status, text } = await rate({ score, said: 'chờ lâu', once: 'a' });
      expect({ score, status }).toEqual({ score, status: 422 });
      for (const part of ['href="#score"', 'Choose how satisfied you are', 'chờ lâu']) expect(text).toContain(part);
    }
    const long = 'lâu '.repeat(1001);
    const { status, text } = await rate({ score: '2', said: `${long}hết`, once: 'a' });
    expect(status).toBe(422);
    for (const part of ['href="#said"', `${long}hết`]) expect(text).toContain(part);
    expect(await ratings()).toEqual([]);
  });

  it('sent twice is one rating; another one afterwards is refused', async () => {
    await ends();
    const once = hidden(await own(), 'once');
    const fields = { score: '2', said: 'Chờ lâu quá', once };
    const sent = [...(await Promise.all([rate(fields), rate(fields)])), await rate(fields)];
    expect(sent.map(({ status, headers }) => [status, headers.get('location')])).toEqual(
      sent.map(() => [303, `/console/mine/${id}`]),
    );
    expect(await ratings()).toEqual([{ score: 2 }]);
    const { text } = await own();
    for (const said of ['You have rated this dossier', 'The applicant rated it 2 of 5.', 'Comment: Chờ lâu quá'])
      expect(text).toContain(said);
    expect(text).not.toContain('name="score"');
    const again = await rate({ score: '5', once: 'another' });
    expect({ status: again.status, why: again.text.includes('was rated already') }).toEqual({ status: 409, why: true });
    expect((await house.get(`/console/dossiers/${id}`, RECEPTION)).text).toContain('Comment: Chờ lâu quá');
  });

  it('is for its applicant alone, who is logged in', async () => {
    await ends();
    expect((await rate({ score: '1', once: 'a' }, { subject: 'lan' })).status).toBe(404);
    expect((await rate({ score: '1', once: 'a' }, OFFICER)).status).toBe(403);
    const token = await house.api.official('thu-lam-reception', 'reception');
    const byOfficial = await house.api.send('POST', `/dossiers/${id}/rating`, { token, body: { score: 1 } });
    expect(byOfficial.status).toBe(403);
    expect(await ratings()).toEqual([]);
  });

  it('is counted at the unit by procedure: how many, the mean, how many complain', async () => {
    const score = async (value: number): Promise<void> => {
      id = await house.api.submitted(await house.api.applicant('mai'));
      await ends();
      expect((await rate({ score: String(value), once: `of-${id}` })).status).toBe(303);
    };
    const token = await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    const counted = async (): Promise<{ dossiers: number; rated: number; mean: number | null; low: number }> => {
      const { ratings: all } = (await house.api.send('GET', '/work', { token })).body as {
        ratings: { procedure: string; dossiers: number; rated: number; mean: number | null; low: number }[];
      };
      const { procedure, ...figures } = all[0]!;
      expect({ procedure, of: all.length }).toEqual({ procedure: 'library-card', of: 1 });
      return figures;
    };
    const before = await counted();
    expect(before).toMatchObject({ rated: 1, mean: 2, low: 1 });
    for (const value of [5, 4]) await score(value);
    expect(await counted()).toEqual({ dossiers: before.dossiers + 2, rated: 3, mean: 3.7, low: 1 });
    const page = (await house.get('/console/work', OFFICER)).text;
    for (const said of ['What applicants say', `3 of ${before.dossiers + 2}`, '3.7']) expect(page).toContain(said);
  });

  it('is no longer asked a month after the result, and refused', async () => {
    await ends();
    const { status } = await rate({ score: 'x', once: 'a' });
    expect(status).toBe(422);
    await house.api.stage.passUntil(house.api.stage.now + 30 * DAY);
    const token = await house.api.applicant('mai');
    const late = await house.api.send('POST', `/dossiers/${id}/rating`, { token, body: { score: 5 } });
    expect(late).toMatchObject({ status: 409, body: { type: 'urn:onetrack:problem:rating-closed' } });
    const shown = await house.api.send('GET', `/dossiers/${id}`, { token });
    expect(shown.body).toMatchObject({ rated: false, rateUntil: '2026-12-16T05:00:00.000Z' });
    expect(await ratings()).toEqual([]);
  });
});

describe('the work of a unit', () => {
  it('says where nobody has rated', async () => {
    const empty = await ConsoleHouse.open();
    expect((await empty.get('/console/work', OFFICER)).text).toContain(
      'None of the dossiers that were counted was rated.',
    );
    await empty.close();
  });
});
