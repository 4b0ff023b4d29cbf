import { readFileSync } from 'node:fs';
import { ConsoleHouse, OFFICER, type Person, RECEPTION, type Shown } from '../builders/console-house.ts';

const FORM = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/marriage-registration.json', import.meta.url), 'utf8'),
) as object;
const ELSEWHERE: Person = { subject: 'dong-anh-reception', office: { unit: 'dong-anh', role: 'reception' } };
const KEEPS = { components: ['declaration'], place: 'Tủ 3 <ngăn 2>', until: '2026-12-01' };

let house: ConsoleHouse;
let reception: string;
let code: string;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open([
    'workflows/procedures/marriage-registration.yaml',
    'workflows/procedures/certified-copy.yaml',
  ]);
  reception = await house.api.official('thu-lam-reception', 'reception');
});
afterAll(() => house.close());

const look = (path = '', person = RECEPTION): Promise<Shown> => house.get(`/console/paper-debt${path}`, person);
const post = (path: string, body: object) => house.api.send('POST', path, { token: reception, body });

/** Brought to the counter, taken in, its original kept. */
async function kept(): Promise<void> {
  const documents = [{ component: 'declaration', upload: await house.api.upload(reception), how: 'scan' }];
  const sent = { procedure: 'marriage-registration', unit: 'thu-lam', channel: 'counter', form: FORM, documents };
  id = String((await post('/dossiers', { ...sent, contact: {} })).body['id']);
  await house.api.stage.settle();
  const intake = `/tasks/${id}.receive.1/intake`;
  const said = { compared: ['declaration'], keeps: KEEPS };
  const { credential, hash } = (await post(intake, said)).body['toSign'] as { credential: string; hash: string };
  const activation = house.api.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  expect((await post(intake, { ...said, signature: { credential, activation } })).status).toBe(200);
  expect((await post(`/tasks/${id}.receive.1/decision`, { outcome: 'accepted' })).status).toBe(200);
  await house.api.stage.settle();
  code = String((await house.api.send('GET', `/dossiers/${id}`, { token: reception })).body['code']);
}

describe('what is still on paper', () => {
  it('is nothing where the unit has no dossier', async () => {
    const { status, text } = await look();
    expect(status).toBe(200);
    for (const said of ['The unit has no dossier yet.', 'The unit keeps no originals.']) expect(text).toContain(said);
    for (const path of ['/dossiers', '/custody']) expect((await look(path)).text).toContain('There is none.');
  });

  it('is told by procedure with what it declares, and led to from the work of the unit', async () => {
    await kept();
    await house.api.submitted(await house.api.applicant('mai'));
    expect((await house.get('/console/work', OFFICER)).text).toContain('href="/console/paper-debt"');
    const { text } = await look();
    for (const said of [
      '<svg',
      'href="/console/paper-debt/dossiers?procedure=marriage-registration"',
      '1 of 1 (100%)',
      '0 of 1 (0%)',
      'The procedure asks for: paper that is taken in, presence at',
      '1 intake with originals that are kept',
    ])
      expect(text).toContain(said);
    expect(text).not.toContain('procedure=library-card');
    const vi = await house.get('/console/paper-debt', RECEPTION, { cookie: '__Host-onetrack-language=vi' });
    expect(vi.text).toContain('Việc còn dùng giấy');
  });

  it('leads to the dossiers of a procedure, and to the originals with their place', async () => {
    const listed = await look('/dossiers?procedure=marriage-registration');
    expect(listed.text).toContain(`href="/console/dossiers/${id}"`);
    expect(listed.text).toContain(code);
    expect((await look('/dossiers?procedure=library-card')).text).toContain('There is none.');
    const { text } = await look('/custody');
    for (const said of [`href="/console/tasks/${id}.custody.1"`, 'Tủ 3 &lt;ngăn 2&gt;', 'Tuesday 1 December 2026'])
      expect(text).toContain(said);
  });

  it('goes on, also over a page on which none has touched paper', async () => {
    const mai = await house.api.applicant('mai');
    for (let more = 0; more < 50; more += 1) await house.api.submitted(mai);
    const first = await look('/dossiers?procedure=marriage-registration');
    expect(first.text).toContain('None in this part; there are more.');
    const [, next = ''] = /href="\/console\/paper-debt(\/dossiers\?[^"]*after=[^"]+)"/.exec(first.text) ?? [];
    expect(next).toContain('procedure=marriage-registration');
    const rest = await look(next.replaceAll('&amp;', '&'));
    expect(rest.text).toContain(code);
  }, 60_000);

  it('is one’s own unit’s alone, and a made-up cursor or procedure is refused', async () => {
    expect((await look('', ELSEWHERE)).text).toContain('The unit keeps no originals.');
    expect((await look('/custody', ELSEWHERE)).text).not.toContain('Tủ 3');
    for (const path of ['/dossiers?after=x', '/custody?after=x']) expect((await look(path)).status).toBe(400);
    expect((await look('/dossiers?procedure=%3Cb%3E')).status).toBe(400);
  });
});

it('says when an original should have been handed back', async () => {
  await house.api.stage.passUntil(Date.parse('2026-12-03T03:00:00Z'));
  const clerk: Person = { subject: 'thu-lam-clerk', office: { unit: 'thu-lam', role: 'clerk' } };
  expect((await look('', clerk)).text).toContain('1 intake with originals that are kept, 1 past the last day');
});
