import { readFileSync } from 'node:fs';
import {
  ConsoleHouse,
  type Fields,
  hidden,
  OFFICER,
  type Person,
  RECEPTION,
  type Shown,
} from '../builders/console-house.ts';

const CHANGE = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/civil-record-change.json', import.meta.url), 'utf8'),
) as object;

let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open([
    'workflows/procedures/civil-record-change.yaml',
    'test/workflows/fixtures/advice.yaml',
  ]);
});
afterAll(() => house.close());

const CHAIR: Person = { subject: 'thu-lam-chair', office: { unit: 'thu-lam', role: 'chairperson' } };
const at = (path = ''): string => `/console/dossiers/${id}${path}`;
const send = (order: string, fields: Fields, who = OFFICER): Promise<Shown> => house.post(at(`/${order}`), who, fields);
const check = (order: string, fields: Fields, who = OFFICER): Promise<Shown> =>
  send(order, { step: 'check', ...fields }, who);
/** As the page that says what will happen would be sent. */
const confirm = (order: string, shown: Shown, who = OFFICER): Promise<Shown> =>
  send(order, { step: 'confirm', ...Object.fromEntries(LED.map((name) => [name, hidden(shown, name)])) }, who);
const LED = ['to', 'reason', 'extension', 'agreement', 'question', 'days', 'silence', 'gets', 'once'];
const recorded = async (type: string): Promise<object[]> => {
  const events = await house.api.stage.machine.platform.store.events(id);
  return events.flatMap(({ event }) => (event.type === type ? [event.data] : []));
};

async function accepted(body: object, components: readonly string[]): Promise<void> {
  const token = await house.api.applicant('lan');
  const documents = [];
  for (const component of components) documents.push({ component, upload: await house.api.upload(token) });
  const { status, body: made } = await house.api.send('POST', '/dossiers', {
    token,
    body: { unit: 'thu-lam', documents, ...body },
  });
  expect({ status, made }).toMatchObject({ status: 201 });
  id = String(made['id']);
  await house.api.stage.settle();
  const reception = await house.api.official('thu-lam-reception', 'reception');
  await house.api.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.api.stage.settle();
}

describe('an extension of the time limit', () => {
  beforeEach(() => accepted({ procedure: 'civil-record-change', form: CHANGE }, ['declaration', 'evidence']));

  it('is led to from the dossier, says what will happen, and is taken once', async () => {
    expect((await house.get(at(), OFFICER)).text).toContain(`href="${at('/extension')}"`);
    expect((await house.get(at('/extension'), OFFICER)).text).toContain(
      '3 working days – Luật Hộ tịch 60/2014/QH13, Điều 28(2)',
    );
    const shown = await check('extension', { extension: 'verification', reason: 'Cần xác minh' });
    expect(shown.status).toBe(200);
    for (const said of ['The applicant is told the new date', 'Cần xác minh']) expect(shown.text).toContain(said);
    expect(await recorded('ClockExtended')).toEqual([]);
    for (const done of [await confirm('extension', shown), await confirm('extension', shown)])
      expect({ status: done.status, told: done.text.includes('The time limit is extended') }).toEqual({
        status: 200,
        told: true,
      });
    expect(await recorded('ClockExtended')).toMatchObject([{ extension: 'verification' }]);
    const page = (await house.get(at(), OFFICER)).text;
    expect(page).toContain('The time limit was extended: verification.');
    expect(page).toMatch(/Extended by 3 working days on [^<]* \(verification\)\. \(Luật Hộ tịch [^<]*Điều 28\(2\)\)/);
  });

  it('is beside what a supplement does to the clock, by which law, and that no date is left once the applicant withdraws', async () => {
    const officer = await house.api.official('thu-lam-officer-1', 'case-officer');
    const body = { outcome: 'incomplete', comment: 'Bản chụp mờ', missing: ['evidence'] };
    await house.api.send('POST', `/tasks/${id}.verify.1/decision`, { token: officer, body });
    await house.api.stage.settle();
    const asked = (await house.get(at(), OFFICER)).text;
    expect(asked).toMatch(/The clock stopped on [^<]* left\. \(Nghị định 61\/2018\/NĐ-CP, Điều 19\(4\)\)/);
    await house.api.send('POST', `/dossiers/${id}/withdrawal`, { token: await house.api.applicant('lan'), body: {} });
    await house.api.stage.settle();
    expect((await house.get(at(), OFFICER)).text).toContain('there is no due date any more');
  });

  it.each([
    ['no extension', { extension: 'other', reason: 'x' }, 'Choose the extension'],
    ['no reason', { extension: 'verification', reason: ' ' }, 'Say why'],
    ['too long a reason', { extension: 'verification', reason: 'x'.repeat(4001) }, 'Why?: at most 4000 characters'],
  ])('is asked for again with %s', async (_, entered, said) => {
    const again = await check('extension', entered);
    expect({ status: again.status, told: again.text.includes(`>${said}</a`) }).toEqual({ status: 422, told: true });
    expect(await recorded('ClockExtended')).toEqual([]);
  });

  it('that the law does not allow a second time is told at its field', async () => {
    const entered = { extension: 'verification', reason: 'Cần xác minh' };
    await confirm('extension', await check('extension', entered));
    const again = await confirm('extension', await check('extension', entered));
    expect(again.status).toBe(422);
    expect(again.text).toContain('The law does not allow this extension now');
    expect(await recorded('ClockExtended')).toHaveLength(1);
  });

  it('is not offered to who does not decide, and refused', async () => {
    expect((await house.get(at(), RECEPTION)).text).not.toContain(at('/extension'));
    const shown = await check('extension', { extension: 'verification', reason: 'x' }, RECEPTION);
    expect((await confirm('extension', shown, RECEPTION)).status).toBe(403);
    expect(await recorded('ClockExtended')).toEqual([]);
  });
});

describe('a transfer', () => {
  beforeEach(() => accepted({ procedure: 'civil-record-change', form: CHANGE }, ['declaration', 'evidence']));

  it('is led to from the dossier, says what will happen, and passes once', async () => {
    expect((await house.get(at(), OFFICER)).text).toContain(`href="${at('/transfer')}"`);
    const shown = await check('transfer', { to: 'dong-anh', reason: 'Không thuộc thẩm quyền' });
    expect(shown.status).toBe(200);
    expect(shown.text).toContain('Your unit no longer decides it');
    expect(await recorded('DossierTransferred')).toEqual([]);
    const back = await send('transfer', { step: 'back', to: 'dong-anh', reason: 'Không thuộc thẩm quyền' });
    expect(back.text).toMatch(/value="dong-anh"\s+checked/);
    for (const done of [await confirm('transfer', shown), await confirm('transfer', shown)])
      expect({ status: done.status, told: done.text.includes('The dossier is transferred') }).toEqual({
        status: 200,
        told: true,
      });
    expect(await recorded('DossierTransferred')).toMatchObject([{ from: 'thu-lam', unit: 'dong-anh' }]);
  });

  it('goes to the coordinators where nobody can tell whose it is', async () => {
    const shown = await check('transfer', { to: 'queue', reason: 'Không rõ' });
    expect((await confirm('transfer', shown)).status).toBe(200);
    expect(await recorded('DossierTransferred')).toMatchObject([{ from: 'thu-lam', unit: null }]);
  });

  it.each([
    ['no unit', { to: '', reason: 'x' }, 'Choose the unit to which the dossier goes'],
    ['its own unit', { to: 'thu-lam', reason: 'x' }, 'Choose the unit to which the dossier goes'],
    ['no reason', { to: 'dong-anh', reason: '' }, 'Say why'],
  ])('is asked for again with %s', async (_, entered, said) => {
    const again = await check('transfer', entered);
    expect({ status: again.status, told: again.text.includes(`>${said}</a`) }).toEqual({ status: 422, told: true });
    expect(await recorded('DossierTransferred')).toEqual([]);
  });

  it('goes to a unit by its name, typed without its marks; of several that fit one is chosen', async () => {
    const several = await check('transfer', { 'to.search': 'xa', reason: 'x' });
    expect(several.status).toBe(422);
    expect(several.text).toContain('value="dong-anh"');
    const shown = await check('transfer', { 'to.search': 'uy ban nhan dan xa dong anh', reason: 'x' });
    expect({ status: shown.status, to: hidden(shown, 'to') }).toEqual({ status: 200, to: 'dong-anh' });
    const none = await check('transfer', { 'to.search': 'Atlantis', reason: 'x' });
    expect(none.text).toContain('To which unit: no unit is called “Atlantis”');
  });

  it('to nobody whose it is, and to a unit by its name at once, is asked again: neither wins', async () => {
    const both = await check('transfer', { to: 'queue', 'to.search': 'dong anh', reason: 'x' });
    expect(both.status).toBe(422);
    expect(both.text).toContain('To which unit: one was chosen and another typed.');
    expect(both.text).toMatch(/value="queue"\s+checked/);
    expect(await recorded('DossierTransferred')).toEqual([]);
  });

  it('to a unit that is none by then is told at its field', async () => {
    const again = await send('transfer', { step: 'confirm', to: 'nowhere', reason: 'x', once: 'gone' });
    expect(again.status).toBe(422);
    expect(again.text).toContain('This unit takes no dossiers today');
  });

  it('is not offered to who has no work in it, and refused', async () => {
    expect((await house.get(at(), CHAIR)).text).not.toContain(at('/transfer'));
    const shown = await check('transfer', { to: 'dong-anh', reason: 'x' }, CHAIR);
    expect((await confirm('transfer', shown, CHAIR)).status).toBe(403);
    expect(await recorded('DossierTransferred')).toEqual([]);
  });
});

describe('one body more that is asked', () => {
  const QUESTION = {
    to: 'coordination',
    question: 'Có vướng mắc gì không?',
    days: '5',
    silence: 'ignored',
    gets: 'plan',
  };
  beforeEach(() =>
    accepted({ procedure: 'advice', form: { owner: { name: 'Phạm Thị Lan' }, heritage: false, neighbours: [] } }, [
      'plan',
    ]),
  );
  const byHand = async (): Promise<object[]> =>
    (await recorded('TaskOpened')).filter((data) => JSON.stringify(data).includes('added1'));

  it('is led to from the dossier, says what will happen, and is asked once', async () => {
    expect((await house.get(at(), CHAIR)).text).toContain(`href="${at('/opinion')}"`);
    const shown = await check('opinion', QUESTION, CHAIR);
    expect(shown.status).toBe(200);
    for (const said of ['Có vướng mắc gì không?', '5 working days', 'plan']) expect(shown.text).toContain(said);
    expect(await byHand()).toEqual([]);
    for (const done of [await confirm('opinion', shown, CHAIR), await confirm('opinion', shown, CHAIR)])
      expect({ status: done.status, told: done.text.includes('The question is sent') }).toEqual({
        status: 200,
        told: true,
      });
    expect(await byHand()).toMatchObject([
      { opening: { unit: 'coordination', part: { silence: 'ignored', gets: ['plan'] } } },
    ]);
  });

  it.each([
    ['no body', { ...QUESTION, to: '' }, 'Choose the body that is asked'],
    ['no question', { ...QUESTION, question: ' ' }, 'Enter what it is asked'],
    ['no number of days', { ...QUESTION, days: '0' }, 'Enter a number of working days from 1 to 365'],
    ['a silence that never comes', { ...QUESTION, days: '' }, 'Enter a term: whoever is not waited for needs one'],
  ])('is asked for again with %s', async (_, entered, said) => {
    const again = await check('opinion', entered, CHAIR);
    expect({ status: again.status, told: again.text.includes(`>${said}</a`) }).toEqual({ status: 422, told: true });
    expect(await byHand()).toEqual([]);
  });

  it('that is asked already is told at its field', async () => {
    const again = await confirm('opinion', await check('opinion', { ...QUESTION, to: 'dong-anh' }, CHAIR), CHAIR);
    expect(again.status).toBe(422);
    expect(again.text).toContain('It cannot be asked: it is asked already');
  });

  it('is not offered to who does not decide', async () => {
    expect((await house.get(at(), RECEPTION)).text).not.toContain(at('/opinion'));
  });
});
