import { ConsoleHouse, type Fields, hidden, MAI, OFFICER, type Shown } from '../builders/console-house.ts';

let house: ConsoleHouse;
let licensed: string;
/** As the page of the fair offers it. */
let licence: string;
/** The task at which an official judges a dossier that uses the licence. */
let usedAt: string;

beforeAll(async () => {
  const folder = 'test/functions/reuse';
  house = await ConsoleHouse.open([
    `${folder}/trade.yaml`,
    `${folder}/trade-end.yaml`,
    `${folder}/fair.yaml`,
    `${folder}/stand.yaml`,
  ]);
  const mai = await house.api.applicant('mai');
  const upload = await house.api.upload(mai);
  licensed = await begun('trade', [{ component: 'plan', upload }]);
  await decide('receive', licensed, 'accepted');
  await decide('verify', licensed, 'valid');
});
afterAll(() => house.close());

async function begun(procedure: string, documents: object[] = [], more: object = {}): Promise<string> {
  const token = await house.api.applicant('mai');
  const body = { procedure, unit: 'thu-lam', form: {}, documents, ...more };
  const { status, body: answer } = await house.api.send('POST', '/dossiers', { token, body });
  expect({ status, answer }).toMatchObject({ status: 201 });
  await house.api.stage.settle();
  return String(answer['id']);
}

async function decide(stage: 'receive' | 'verify', id: string, outcome: string, more: object = {}): Promise<void> {
  const token =
    stage === 'receive'
      ? await house.api.official('thu-lam-reception', 'reception')
      : await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  const body = { outcome, ...more };
  const { status } = await house.api.send('POST', `/tasks/${id}.${stage}.1/decision`, { token, body });
  expect(status).toBe(200);
  await house.api.stage.settle();
}

const send = (fields: Fields): Promise<Shown> =>
  house.post('/console/apply/stand', MAI, { unit: 'thu-lam', email: '', ...fields });
/** What one can choose for a document. */
const offered = ({ text }: Shown, document: string): string[] =>
  [...text.matchAll(new RegExp(`name="paper:${document}"\\s+type="radio"\\s+value="([^"]*)"`, 'g'))].map(
    ([, value]) => value ?? '',
  );

describe('beside each file of an application', () => {
  it('one of the papers that fit can be chosen, those of the same title first', async () => {
    const shown = await send({ page: '0', step: 'go:2' });
    expect(shown.text).toContain('Use one that we already have (2)');
    const [first, second, none, ...others] = offered(shown, 'licence');
    expect([first?.split('/')[0], second?.split('/')[0], none, others]).toEqual([licensed, licensed, '', []]);
    expect(first).toMatch(/\/signed Licence, /);
    expect(second).toMatch(/\/scan Plan /);
    // A result is no paper of the library's, the plan is no picture, and what must be new is not offered at all.
    for (const document of ['card', 'picture', 'fresh']) expect(offered(shown, document)).toEqual([]);
    licence = first ?? '';
  });

  it('travels from page to page, is kept with the draft, can be taken back, and gives way to a file', async () => {
    const chosen = await send({ page: '2', step: 'next', 'paper:licence': licence });
    expect(hidden(chosen, 'uploaded')).toBe(`licence ${licence}`);
    const once = hidden(chosen, 'once');
    const resumed = await house.get(`/console/apply/stand?draft=${once}`, MAI);
    expect(hidden(resumed, 'uploaded')).toBe(`licence ${licence}`);
    const again = { page: '2', uploaded: `licence ${licence}`, once, kept: '1' };
    const back = await send({ ...again, step: 'go:2' });
    expect(back.text).toMatch(/type="radio"\s+value="[^"]*"\s+checked/);
    expect((await send({ ...again, step: 'next', 'paper:licence': '' })).text).not.toContain('name="uploaded"');
    const file = new File(['%PDF-1.7\nlicence\n%%EOF\n'], 'licence.pdf', { type: 'application/pdf' });
    const both = await send({ ...again, step: 'next', 'paper:licence': licence, 'file:licence': file });
    expect(hidden(both, 'uploaded')).toMatch(/^licence u\w+ licence\.pdf$/);
  });

  it('is handed in with where it is from, which the official sees', async () => {
    const { headers } = await send({ step: 'submit', '/extra': 'false', uploaded: `licence ${licence}` });
    const id = /\/mine\/(d\w+)\/received/.exec(headers.get('location') ?? '')?.[1] ?? '';
    await house.api.stage.settle();
    await decide('receive', id, 'accepted');
    const { text } = await house.get(`/console/tasks/${id}.verify.1`, OFFICER);
    expect(text).toContain('Used again by the applicant, from dossier ');
    expect(text).toContain('(trade 1.0.0)');
    expect(text).not.toContain('It was revoked');
    usedAt = `${id}.verify.1`;
  });

  it('says so where it holds no more when it is handed in', async () => {
    const forged = licence.replace(/\/[0-9a-f]{64}\//, `/${'0'.repeat(64)}/`);
    const { status, text } = await send({ step: 'submit', '/extra': 'false', uploaded: `licence ${forged}` });
    expect(status).toBe(422);
    expect(text).toContain('The paper that we already had cannot be used any more.');
  });

  it('is offered where something is supplemented, too', async () => {
    const id = await begun('fair');
    await decide('receive', id, 'incomplete', { missing: ['plan'], comment: 'the plan' });
    const form = await house.get(`/console/mine/${id}/supplement`, MAI);
    const plan = offered(form, 'plan').find((value) => value.includes('/scan Plan')) ?? '';
    const task = hidden(form, 'task');
    const check = await house.post(`/console/mine/${id}/supplement`, MAI, { task, 'paper:plan': plan, step: 'check' });
    expect(check.status).toBe(200);
    const sent = { task, uploaded: hidden(check, 'uploaded'), step: 'confirm', comment: '' };
    expect((await house.post(`/console/mine/${id}/supplement`, MAI, sent)).status).toBe(303);
  });
});

describe('my papers', () => {
  it('are led to from the list, with where each is from and whether it holds', async () => {
    expect((await house.get('/console/mine', MAI)).text).toContain('href="/console/papers"');
    const { text } = await house.get('/console/papers', MAI);
    for (const said of [
      'Licence to trade',
      'It holds',
      'Result',
      'issued by ',
      'accepted by ',
      `/console/papers/${licensed}`,
    ])
      expect(text).toContain(said);
    const vi = await house.get('/console/papers', MAI, { cookie: '__Host-onetrack-language=vi' });
    for (const said of ['Giấy tờ của tôi', 'Còn hiệu lực', 'đã chấp nhận']) expect(vi.text).toContain(said);
    expect((await house.get('/console/papers', { subject: 'lan' })).text).toContain('There are none yet.');
    expect((await house.get('/console/papers', OFFICER)).status).toBe(403);
    expect((await house.get('/console/papers?after=nonsense', MAI)).status).toBe(400);
  });

  it('tell each use, and what a later decision did', async () => {
    const { text } = await house.get(`/console/papers/${licensed}`, MAI);
    for (const said of ['Stand at a market', 'You handed it in again', 'Market Act 2']) expect(text).toContain(said);
    const none = await house.get(`/console/papers/${licensed}`, { subject: 'lan' });
    expect(none.text).toContain('No dossier has used any.');
    expect((await house.get('/console/papers/nothing', MAI)).status).toBe(400);
    const end = await begun('trade-end', [], { about: licensed });
    await decide('receive', end, 'accepted');
    expect((await house.get('/console/papers', MAI)).text).toContain('It was revoked; a decision revokes it');
    expect((await house.get(`/console/papers/${licensed}`, MAI)).text).toContain('The dossier is about it');
    // Whoever decides where it was used is told before he does.
    expect((await house.get(`/console/tasks/${usedAt}`, OFFICER)).text).toContain('It was revoked');
    expect(
      offered(await send({ page: '0', step: 'go:2' }), 'licence').some(
        (value) => value.startsWith(`${licensed}/`) && value.includes('/signed '),
      ),
    ).toBe(false);
  });
});

describe('a paper in somebody’s hand', () => {
  /** What anybody is shown who enters a code and a number. */
  async function checked(id: string, number: string): Promise<Shown> {
    const { body } = await house.api.send('GET', `/dossiers/${id}`, { token: await house.api.applicant('mai') });
    return house.get(
      `/console/track?code=${encodeURIComponent(String(body['code']))}&number=${encodeURIComponent(number)}`,
    );
  }

  async function numberOf(id: string): Promise<string> {
    const events = await house.api.stage.machine.platform.store.events(id);
    return String(
      events.find(({ event }) => event.type === 'NumberTaken' && event.data['issue'] === 'licence')?.event.data['text'],
    );
  }

  it('is compared by its number, without anybody’s name: by whom, when, until when', async () => {
    const another = await begun('trade', [
      { component: 'plan', upload: await house.api.upload(await house.api.applicant('mai')) },
    ]);
    await decide('receive', another, 'accepted');
    await decide('verify', another, 'valid');
    const { status, text } = await checked(another, await numberOf(another));
    expect(status).toBe(200);
    for (const said of [
      await numberOf(another),
      'Issued by',
      'Thư Lâm',
      'valid until the end of',
      'electronic original',
    ])
      expect(text).toContain(said);
    expect(text).not.toMatch(/Licence|Mai\b/);
  });

  it('that was revoked says so', async () => {
    expect((await checked(licensed, await numberOf(licensed))).text).toMatch(/a decision revokes it by \d+\//);
  });

  it('with another number than was issued is told as that, at the field', async () => {
    const { status, text } = await checked(licensed, '9999/NONE');
    expect(status).toBe(200);
    expect(text).toContain('href="#number"');
    expect(text).toContain('This dossier issued no paper with this number');
    expect(text).not.toContain('Issued by');
    expect((await checked(licensed, '   ')).text).not.toContain('issued no paper');
    expect((await checked(licensed, `${'a'.repeat(99)}😀😀`)).status).toBe(200);
  });

  it('is told to wait, or to log in, who has tried too many numbers', async () => {
    for (let number = 1; number <= 10; number += 1) await checked(licensed, `${number}/NONE`);
    const { status, text } = await checked(licensed, await numberOf(licensed));
    expect(status).toBe(429);
    for (const said of ['Too many numbers were tried', 'or log in', 'href="#number"', 'value="'])
      expect(text).toContain(said);
    expect(text).not.toContain('There is no dossier');
  });
});
