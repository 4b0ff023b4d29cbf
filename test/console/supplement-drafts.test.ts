import { ConsoleHouse, type Fields, MAI, type Person, RECEPTION, type Shown } from '../builders/console-house.ts';
import { FORM } from '../builders/api-house.ts';

const pdf = (words: string): File =>
  new File([`%PDF-1.7\n${words}\n%%EOF\n`], 'portrait.pdf', { type: 'application/pdf' });
const PDF = pdf('sample portrait');
/** Another login of the same person, from another device. */
const MAI_AGAIN: Person = { subject: 'mai', office: null };
const DAY = 86_400_000;
const NAME = '/applicant/name';

let house: ConsoleHouse;
let id: string;
let path: string;
beforeEach(async () => {
  house = await ConsoleHouse.open();
  id = await submitted();
  path = `/console/mine/${id}/supplement`;
  await askFor('receive.1', RECEPTION, ['portrait', 'applicant']);
});
afterEach(() => house.close());

async function submitted(): Promise<string> {
  const { api } = house;
  const token = await api.applicant('mai');
  const upload = await api.upload(token);
  const body = {
    procedure: 'library-card',
    unit: 'thu-lam',
    form: FORM,
    documents: [{ component: 'portrait', upload, how: 'scan' }],
    contact: { language: 'vi' },
  };
  const dossier = String((await api.send('POST', '/dossiers', { token, body })).body['id']);
  await api.stage.settle();
  return dossier;
}

async function askFor(at: string, who: Person, missing: string[]): Promise<void> {
  const fields = { step: 'confirm', outcome: 'incomplete', missing, comment: 'Ảnh mờ', once: `${id}.${at}` };
  const decided = await house.post(`/console/tasks/${id}.${at}/decision`, who, fields);
  expect(decided.status).toBeLessThan(400);
  await house.api.stage.settle();
}

/** All that a page would send if a person just pressed a button. */
function carriedBy({ text }: Shown): Fields {
  const fields: Record<string, string[]> = {};
  for (const [input, name] of text.matchAll(/<input[^>]*?name="([^"]+)"[^>]*>/g))
    if (!/type="file"|name="csrf"|name="paper/.test(input))
      (fields[name!] ??= []).push(/value="([^"]*)"/.exec(input)?.[1] ?? '');
  const [, comment] = /<textarea[^>]*name="comment"[^>]*>\n?([^<]*)</.exec(text) ?? [];
  return comment === undefined ? fields : { ...fields, comment };
}
const press = (shown: Shown, step: string, typed: Fields = {}, person = MAI): Promise<Shown> =>
  house.post(path, person, { ...carriedBy(shown), ...typed, step });
const drafts = async (subject = 'mai'): Promise<{ id: string; task?: string }[]> =>
  (await house.api.send('GET', '/drafts', { token: await house.api.applicant(subject) })).body['items'] as never;
const heading = ({ text }: Shown): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? '';
const OVER = 'This is not asked for any more';
const documents = async (): Promise<unknown[]> =>
  (await house.api.send('GET', `/dossiers/${id}`, { token: await house.api.applicant('mai') })).body[
    'documents'
  ] as never;

describe('what was begun to answer a request for supplements', () => {
  it('is kept where somebody leaves, with its files, and gone on with from another device', async () => {
    const saved = await press(await house.get(path, MAI), 'save', {
      [NAME]: 'Trần Thị Mai Hương',
      '/applicant/birthDate.day': 'x',
      comment: 'Ảnh mới\r\nđây',
      'file:portrait': PDF,
    });
    expect(saved.status).toBe(200);
    expect(saved.text).toContain('Saved. Nothing is handed in yet.');
    const mine = await house.get('/console/mine', MAI_AGAIN);
    const [, draft] = /href="(\/console\/drafts\/[0-9a-f]+)"/.exec(mine.text)!;
    expect(mine.text).toContain('Library card – Complete the dossier');
    expect((await house.get(draft!, MAI_AGAIN)).headers.get('location')).toBe(path);
    const again = await house.get(path, MAI_AGAIN);
    for (const part of ['value="Trần Thị Mai Hương"', 'value="x"', 'We have: portrait.pdf', 'đây</textarea>'])
      expect(again.text).toContain(part);
    const check = await press(again, 'check', { '/applicant/birthDate.day': '17' }, MAI_AGAIN);
    expect(heading(check)).toBe('Check what you add');
    expect((await press(check, 'confirm', {}, MAI_AGAIN)).headers.get('location')).toBe(
      `/console/mine/${id}?sent=answer`,
    );
    expect(await drafts()).toEqual([]);
    expect(await documents()).toHaveLength(2);
  });

  it('is no application: none is offered to go on with, and the draft opens as none', async () => {
    await press(await house.get(path, MAI), 'save', { comment: 'Sau' });
    const [draft] = await drafts();
    expect(heading(await house.get('/console/apply/library-card', MAI))).toBe('Where you hand it in');
    expect((await house.get(`/console/apply/library-card?draft=${draft!.id}`, MAI)).status).toBe(404);
  });

  it('is nobody else’s, and is kept where nobody can read it', async () => {
    await press(await house.get(path, MAI), 'save', { [NAME]: 'Trần Thị Mai Hương' });
    const [draft] = await drafts();
    expect((await house.get(`/console/drafts/${draft!.id}`, { subject: 'ngoc' })).status).toBe(404);
    const rows = house.api.stage.machine.database.prepare('SELECT * FROM draft').all();
    const kept = rows.flatMap((row) =>
      Object.values(row).map((each) => (each instanceof Uint8Array ? Buffer.from(each) : String(each)).toString()),
    );
    expect(kept.join('\n')).not.toMatch(/Hương/);
  });

  it('is kept with its faults, also of files, and where a file is of the wrong kind', async () => {
    const text = new File(['words'], 'words.txt', { type: 'text/plain' });
    const wrong = await press(await house.get(path, MAI), 'check', {
      [NAME]: '',
      comment: 'Đây',
      'file:portrait': text,
    });
    expect(wrong.status).toBe(422);
    const again = await house.get(path, MAI_AGAIN);
    expect(again.text).toContain('Đây</textarea>');
    expect(carriedBy(again)[NAME]).toEqual(['']);
  });

  it('is sent once, from whichever page and however often', async () => {
    const check = await press(await house.get(path, MAI), 'check', { 'file:portrait': PDF });
    const sent = await Promise.all([press(check, 'confirm'), press(check, 'confirm', {}, MAI_AGAIN)]);
    expect(sent.map(({ headers }) => headers.get('location'))).toEqual(
      Array(2).fill(`/console/mine/${id}?sent=answer`),
    );
    await house.api.stage.settle();
    expect(await drafts()).toEqual([]);
    expect(await documents()).toHaveLength(2);
  });

  it('leads to what became of it where the draft was not erased when it was sent, and is the same answer sent again', async () => {
    const check = await press(await house.get(path, MAI), 'check', { 'file:portrait': PDF });
    const { platform } = house.api.stage.machine;
    const remove = platform.drafts.remove.bind(platform.drafts);
    platform.drafts.remove = () => Promise.reject(new Error('away'));
    expect((await press(check, 'confirm')).status).toBe(303);
    platform.drafts.remove = remove;
    const [draft] = await drafts();
    const found = await house.get(`/console/drafts/${draft!.id}`, MAI);
    for (const part of [OVER, 'It was answered on', 'is not sent any more']) expect(found.text).toContain(part);
    expect((await press(check, 'confirm')).status).toBe(303);
    expect(await drafts()).toEqual([]);
    expect(await documents()).toHaveLength(2);
  });

  it('tells what was saved on another device meanwhile, and sends nothing that was not looked at', async () => {
    const [here, there] = [await house.get(path, MAI), await house.get(path, MAI_AGAIN)];
    const check = await press(here, 'check', { [NAME]: 'Mai Hương', 'file:portrait': PDF });
    const other = await press(there, 'save', { [NAME]: 'Mai Hoa' }, MAI_AGAIN);
    expect(other.text).toContain('Name: Mai Hương');
    expect(other.text).toContain('We have: portrait.pdf');
    const confirmed = await press(check, 'confirm');
    expect(confirmed.text).toContain('Name: Mai Hoa');
    expect(confirmed.text).toContain('Nothing was sent yet');
    expect(await documents()).toHaveLength(1);
    expect((await house.get(path, MAI)).text).toContain('value="Mai Hương"');
  });

  it('is not sent with an older file where another of the same name was chosen on another device', async () => {
    const there = await house.get(path, MAI_AGAIN);
    const check = await press(await house.get(path, MAI), 'check', { 'file:portrait': pdf('blurred') });
    const newer = await press(there, 'save', { 'file:portrait': pdf('sharp') }, MAI_AGAIN);
    expect(newer.text).toContain('portrait.pdf (another file of this name)');
    const confirmed = await press(check, 'confirm');
    expect(confirmed.text).toContain('portrait.pdf (another file of this name)');
    expect(confirmed.text).toContain('Nothing was sent yet');
    expect(await documents()).toHaveLength(1);
    expect(await drafts()).toHaveLength(1);
  });

  it('is not sent where something was emptied on another device, and says so', async () => {
    const check = await press(await house.get(path, MAI), 'check', { comment: 'My illness', 'file:portrait': PDF });
    await press(await house.get(path, MAI_AGAIN), 'save', { comment: '' }, MAI_AGAIN);
    const confirmed = await press(check, 'confirm');
    expect(confirmed.text).toContain('Message: (left empty)');
    expect(confirmed.text).toContain('Nothing was sent yet');
    expect(await documents()).toHaveLength(1);
  });

  it.each([1, 2])('that was erased and begun anew elsewhere is told of, after %i times it was saved', async (times) => {
    let here = await house.get(path, MAI);
    for (let saved = 1; saved <= times; saved += 1) here = await press(here, 'save', { comment: `Lần ${saved}` });
    const [draft] = await drafts();
    await house.post(`/console/drafts/${draft!.id}/removal`, MAI_AGAIN);
    await house.api.stage.passUntil(house.api.stage.now + 1000);
    await press(await house.get(path, MAI_AGAIN), 'save', { comment: 'Viết lại từ đầu' }, MAI_AGAIN);
    expect((await press(here, 'save')).text).toContain('Message: Viết lại từ đầu');
  });

  it('outlives its files, and says which have to be chosen again; so does what the API refuses', async () => {
    const check = await press(await house.get(path, MAI), 'check', { [NAME]: 'Mai Hương', 'file:portrait': PDF });
    await house.api.stage.passUntil(house.api.stage.now + 1.5 * DAY);
    const later: Person = { subject: 'mai', office: null, claimed: {} };
    const refused = await house.post(path, later, { ...carriedBy(check), step: 'confirm' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('Choose a file: Portrait photograph');
    expect(refused.text).toContain('value="Mai Hương"');
    expect(await documents()).toHaveLength(1);
  });

  it('leads back to its page where the login is over, and has all that was saved', async () => {
    const shown = await press(await house.get(path, MAI), 'save', { [NAME]: 'Mai Hương' });
    await house.api.stage.passUntil(house.api.stage.now + 10 * 3_600_000);
    const ended = await press(shown, 'save');
    expect(ended.status).toBe(401);
    expect(ended.text).toContain(`/console/login?to=${encodeURIComponent(path)}`);
    expect((await house.get(path, { subject: 'mai', claimed: {} })).text).toContain('value="Mai Hương"');
  });

  it('goes on in the pages where it cannot be saved, and says so', async () => {
    const shown = await house.get(path, MAI);
    const { platform } = house.api.stage.machine;
    const whole = platform.drafts;
    const away = () => Promise.reject(new Error('away'));
    platform.drafts = { ...whole, put: away, get: away, list: away };
    const unsaved = await press(shown, 'check', { [NAME]: 'Mai Hương', 'file:portrait': PDF });
    expect(unsaved.text).toContain('could not be saved');
    platform.drafts = whole;
    expect((await press(unsaved, 'confirm')).status).toBe(303);
  });
});

describe('what was begun to answer what is not asked any more', () => {
  const begin = (): Promise<Shown> =>
    house
      .get(path, MAI)
      .then((shown) => press(shown, 'check', { [NAME]: 'Mai Hương', comment: 'Đây', 'file:portrait': PDF }));
  /** Told, nothing sent, all that was entered shown; by the page that is sent, and by the way from one’s own dossiers. */
  const expectTold = async (check: Shown, told: RegExp): Promise<void> => {
    const before = await documents();
    const later: Person = { subject: 'mai', office: null, claimed: {} };
    for (const step of ['check', 'confirm']) {
      const shown = await house.post(path, later, { ...carriedBy(check), step });
      expect({ step, status: shown.status, heading: heading(shown) }).toEqual({ step, status: 409, heading: OVER });
      for (const part of ['Mai Hương', 'Đây', 'portrait.pdf']) expect(shown.text).toContain(part);
      expect(shown.text).toMatch(told);
    }
    const [draft] = await drafts();
    const found = await house.get(`/console/drafts/${draft!.id}`, later);
    expect(heading(found)).toBe(OVER);
    for (const part of ['Mai Hương', 'Đây', 'portrait.pdf']) expect(found.text).toContain(part);
    expect(await documents()).toEqual(before);
    expect((await house.get(path, later)).text).toContain('Mai Hương');
    await house.post(`/console/drafts/${draft!.id}/removal`, later);
    expect(await drafts()).toEqual([]);
  };

  it('is told where it was answered on another device', async () => {
    const check = await begin();
    const [form, token] = [FORM, await house.api.applicant('mai')];
    const upload = await house.api.upload(token);
    const body = { documents: [{ component: 'portrait', upload, how: 'scan' }], form };
    expect((await house.api.send('POST', `/dossiers/${id}/supplements`, { token, body })).status).toBe(200);
    await house.api.stage.settle();
    await expectTold(check, /It was answered on/);
  });

  it('is told where the dossier was withdrawn', async () => {
    const check = await begin();
    const token = await house.api.applicant('mai');
    expect((await house.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: {} })).status).toBe(200);
    await house.api.stage.settle();
    await expectTold(check, /The dossier was withdrawn on/);
  });

  it('is told where the term has passed', async () => {
    const check = await begin();
    await house.api.stage.passUntil(house.api.stage.now + 9 * DAY);
    const later: Person = { subject: 'mai', office: null, claimed: {} };
    const shown = await house.post(path, later, { ...carriedBy(check), step: 'confirm' });
    expect({ status: shown.status, heading: heading(shown) }).toEqual({ status: 409, heading: OVER });
    for (const part of ['The term to answer ended on', 'Mai Hương', 'Đây', 'portrait.pdf'])
      expect(shown.text).toContain(part);
    const found = await house.get(path, later);
    expect(found.text).toContain('Mai Hương');
    expect(found.text).toContain('Choose again: portrait.pdf');
  });
});

describe('drafts of answers by the API', () => {
  const draft = { procedure: 'library-card', version: '1.0.0', entered: { comment: 'Sau' }, follows: 0 };
  const put = async (task: string, subject = 'mai', by: object = {}): Promise<unknown> =>
    (
      await house.api.send('PUT', '/drafts/0123456789abcdef', {
        token: await house.api.applicant(subject),
        body: { ...draft, ...by, task },
      })
    ).body;

  it('name the task of one’s own dossier that asks its applicant, and no other', async () => {
    const type = 'urn:onetrack:problem:';
    expect(await put(`${id}.complete.1`, 'ngoc')).toMatchObject({ type: `${type}unknown-dossier` });
    expect(await put(`${id}.receive.1`)).toMatchObject({ type: `${type}unknown-task` });
    expect(await put(`${id}.complete.2`)).toMatchObject({ type: `${type}unknown-task` });
    for (const by of [{ procedure: 'no-such' }, { version: '9.9.9' }])
      expect(await put(`${id}.complete.1`, 'mai', by)).toMatchObject({ type: `${type}unknown-procedure` });
    expect(await drafts()).toEqual([]);
    expect(await put(`${id}.complete.1`)).toMatchObject({ task: `${id}.complete.1`, revision: 1 });
    expect(await drafts()).toMatchObject([{ task: `${id}.complete.1` }]);
    const token = await house.api.applicant('mai');
    expect((await house.api.send('GET', '/drafts/0123456789abcdef', { token })).body).toMatchObject({
      task: `${id}.complete.1`,
      entered: { comment: 'Sau' },
    });
  });

  it('stand among what one has begun also where their procedure cannot be read', async () => {
    await put(`${id}.complete.1`);
    const { platform } = house.api.stage.machine;
    const list = platform.drafts.list.bind(platform.drafts);
    platform.drafts.list = async (...of) => (await list(...of)).map((each) => ({ ...each, procedure: 'no-such' }));
    const mine = await house.get('/console/mine', MAI);
    expect(mine.status).toBe(200);
    expect(mine.text).toContain('/console/drafts/0123456789abcdef');
  });
});
