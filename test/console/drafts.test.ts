import { readFileSync } from 'node:fs';
import {
  carriedBy,
  ADMIN,
  ConsoleHouse,
  type Fields,
  hidden,
  MAI,
  type Person,
  type Shown,
} from '../builders/console-house.ts';

const PROCEDURES = new URL('../../workflows/procedures/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, PROCEDURES), 'utf8');
const FORM = 'forms/library-card.json';
const FILES = Object.fromEntries(
  [FORM, 'templates/receipt.yaml', 'templates/library-card.yaml', 'templates/refusal.yaml'].map((path) => [
    path,
    read(path),
  ]),
);
const APPLY = '/console/apply/library-card';
const PDF = new File(['%PDF-1.7\nsample portrait\n%%EOF\n'], 'portrait.pdf', { type: 'application/pdf' });
/** Another login of the same person, from another device. */
const MAI_AGAIN: Person = { subject: 'mai', office: null };
const DAY = 86_400_000;

let house: ConsoleHouse;
beforeEach(async () => {
  house = await ConsoleHouse.open();
});
afterEach(() => house.close());

/** Presses a button of a page, after what is typed there. */
const press = (shown: Shown, step: string, typed: Fields = {}, person = MAI): Promise<Shown> =>
  house.post(APPLY, person, { ...carriedBy(shown), ...typed, step });
const drafts = async (subject = 'mai'): Promise<{ id: string }[]> =>
  (await house.api.send('GET', '/drafts', { token: await house.api.applicant(subject) })).body['items'] as never;
const heading = ({ text }: Shown): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? '';

/** The page of the reader, saved with a name and half a date. */
async function begun(): Promise<{ shown: Shown; id: string }> {
  const first = await press(await house.get(APPLY, MAI), 'next', { unit: 'thu-lam' });
  const typed = { '/applicant/name': 'Trần Thị Mai', '/applicant/birthDate.day': '17' };
  const shown = await press(first, 'next', typed);
  return { shown, id: hidden(shown, 'once') };
}

/** The library card, with another form and no label: that names a field of the form. */
async function publish(version: string, change: (form: string) => string): Promise<void> {
  const token = await house.api.admin();
  const source = read('library-card.yaml')
    .replace('version: 1.0.0', `version: ${version}`)
    .replace(/^label: .*\n/m, '');
  const files = { ...FILES, [FORM]: change(FILES[FORM]!) };
  const path = `/console/definitions/library-card/${version}/publish`;
  await house.api.send('PUT', `/procedures/library-card/versions/${version}`, { token, body: { source, files } });
  const confirm = await house.get(path, ADMIN);
  const fields = { digest: hidden(confirm, 'digest'), once: hidden(confirm, 'once') };
  expect((await house.post(path, ADMIN, fields)).status).toBe(303);
}

describe('what was entered before it is handed in', () => {
  it('is offered at the next login, on whatever device, as it was typed and where it was left', async () => {
    const { shown, id } = await begun();
    expect(shown.status).toBe(422);
    expect(shown.text).toContain('kept for 14 days after the last time, for you alone');
    const again = await house.get(APPLY, MAI_AGAIN);
    expect(heading(again)).toBe('You have begun this already');
    expect(again.text).toContain(`${APPLY}?draft=${id}`);
    expect((await house.get('/console/mine', MAI_AGAIN)).text).toContain(`${APPLY}?draft=${id}`);
    const resumed = await house.get(`${APPLY}?draft=${id}`, MAI_AGAIN);
    expect(heading(resumed)).toBe('Reader');
    for (const typed of ['value="Trần Thị Mai"', 'value="17"']) expect(resumed.text).toContain(typed);
    expect(heading(await house.get(`${APPLY}?new=1`, MAI_AGAIN))).toBe('Where you hand it in');
  });

  it('is nobody else’s, and is kept where nobody can read it', async () => {
    const { id } = await begun();
    const other = { subject: 'ngoc' };
    expect((await house.get(`${APPLY}?draft=${id}`, other)).status).toBe(404);
    expect((await house.get(`/console/drafts/${id}/removal`, other)).status).toBe(404);
    await house.post(`/console/drafts/${id}/removal`, other);
    expect(await drafts()).toHaveLength(1);
    expect(await drafts('ngoc')).toEqual([]);
    const rows = house.api.stage.machine.database.prepare('SELECT * FROM draft').all();
    const kept = rows.flatMap((row) =>
      Object.values(row).map((each) => (each instanceof Uint8Array ? Buffer.from(each) : String(each)).toString()),
    );
    expect(kept.join('\n')).not.toMatch(/Mai|"unit"|mai/);
  });

  it('is saved from two windows without either undoing what the other has entered', async () => {
    const { shown: reader } = await begun();
    const filled = await press(reader, 'next', {
      '/applicant/birthDate.month': '5',
      '/applicant/birthDate.year': '1994',
      '/applicant/address': 'Xã Thư Lâm',
    });
    const noted = await press(filled, 'next', { '/note': 'Nhận ở xã' });
    expect(heading(noted)).toBe('Documents');
    // The first window still shows the page of the reader, and has not heard of the note.
    const corrected = await press(reader, 'next', {
      '/applicant/name': 'Trần Thị Mai Hương',
      '/applicant/birthDate.month': '5',
      '/applicant/birthDate.year': '1994',
      '/applicant/address': 'Xã Thư Lâm',
    });
    expect(corrected.text).toContain('Nhận ở xã</textarea>');
    expect(hidden(corrected, '/applicant/name')).toBe('Trần Thị Mai Hương');
    // What is emptied stays empty.
    expect(hidden(await press(corrected, 'next', { '/note': '' }), '/note')).toBe('');
  });

  it('is kept whole where several windows save at once', async () => {
    const { shown } = await begun();
    const all = await Promise.all(
      ['Xã A', 'Xã B', 'Xã C'].map((address) => press(shown, 'back', { '/applicant/address': address })),
    );
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await drafts()).toHaveLength(1);
  });

  it('is erased by its owner, after a page that says so, and by handing it in', async () => {
    const { id } = await begun();
    const removal = `/console/drafts/${id}/removal`;
    expect((await house.get(removal, MAI)).text).toContain('cannot be brought back');
    for (const sent of [1, 2]) expect([sent, (await house.post(removal, MAI)).status]).toEqual([sent, 303]);
    expect(await drafts()).toEqual([]);
    expect((await house.get(removal, MAI)).status).toBe(404);
  });

  it('is handed in once, although its page is sent again after it is gone', async () => {
    const typed = {
      '/applicant/name': 'Trần Thị Mai',
      '/applicant/birthDate.day': '17',
      '/applicant/birthDate.month': '5',
      '/applicant/birthDate.year': '1994',
      '/applicant/address': 'Xã Thư Lâm',
    };
    const { shown } = await begun();
    const documents = await press(await press(shown, 'next', typed), 'next', { '/note': '' });
    const contact = await press(documents, 'next', { 'file:portrait': PDF });
    const check = await press(contact, 'next', { email: '' });
    expect(heading(check)).toBe('Check before you submit');
    const resumed = await house.get(`${APPLY}?draft=${hidden(check, 'once')}`, MAI_AGAIN);
    expect(heading(resumed)).toBe('Check before you submit');
    const sent = [await press(check, 'submit'), await press(resumed, 'submit', {}, MAI_AGAIN)];
    expect(new Set(sent.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(sent[0]!.headers.get('location')).toMatch(/\/received$/);
    expect(await drafts()).toEqual([]);
  });

  it('is carried over to a newer version as far as it fits, and says what does not', async () => {
    const { id } = await begun();
    await publish('1.1.0', (form) =>
      form.replaceAll('"name"', '"fullName"').replace('"maxLength": 100', '"maxLength": 90'),
    );
    const { text } = await house.get(`${APPLY}?draft=${id}`, MAI);
    expect(text).toContain('The procedure has changed since you began (version 1.0.0, now 1.1.0).');
    expect(text).toContain('No longer asked, and left out: Name');
    expect(text).toContain('value="17"');
    expect(text).not.toContain('Trần Thị Mai');
  });

  it('is carried over where the version changes between two pages, and said once', async () => {
    const { shown } = await begun();
    await publish('1.1.0', (form) => form.replace('"maxLength": 500', '"maxLength": 400'));
    const after = await press(shown, 'next');
    expect(after.text).toContain('version 1.0.0, now 1.1.0');
    expect(after.text).toContain('value="Trần Thị Mai"');
    expect((await press(after, 'next')).text).not.toContain('now 1.1.0');
  });

  it('outlives its files, and says which have to be chosen again', async () => {
    const { shown } = await begun();
    const documents = await press(shown, 'go:3');
    await press(documents, 'back', { 'file:portrait': PDF });
    const [{ id }] = (await drafts()) as [{ id: string }];
    await house.api.stage.passUntil(house.api.stage.now + 2 * DAY);
    const again: Person = { subject: 'mai', office: null, claimed: {} };
    const resumed = await house.get(`${APPLY}?draft=${id}`, again);
    expect(resumed.text).toContain('Choose again: portrait.pdf');
    expect(hidden(resumed, '/applicant/name')).toBe('Trần Thị Mai');
    await house.api.stage.passUntil(house.api.stage.now + 14 * DAY);
    expect(await drafts()).toEqual([]);
  });

  it('goes on in the pages where it cannot be saved, and says so', async () => {
    const { shown } = await begun();
    const { platform } = house.api.stage.machine;
    const whole = platform.drafts;
    platform.drafts = {
      ...whole,
      put: () => Promise.reject(new Error('away')),
      get: () => Promise.reject(new Error('away')),
    };
    const unsaved = await press(shown, 'next', { '/applicant/address': 'Xã Thư Lâm' });
    expect(unsaved.text).toContain('could not be saved');
    expect(unsaved.text).toContain('value="Xã Thư Lâm"');
    platform.drafts = whole;
    const saved = await press(unsaved, 'next', { '/applicant/birthDate.month': '5' });
    expect(saved.text).not.toContain('could not be saved');
    expect((await house.get(`${APPLY}?draft=${hidden(saved, 'once')}`, MAI)).text).toContain('value="Xã Thư Lâm"');
  });

  it('is one of twenty at most', async () => {
    for (let count = 0; count < 20; count += 1)
      await press(await house.get(`${APPLY}?new=1`, MAI), 'next', { unit: 'thu-lam' });
    const more = await press(await house.get(`${APPLY}?new=1`, MAI), 'next', { unit: 'thu-lam' });
    expect(more.text).toContain('you have begun 20 others, applications and answers');
    expect(heading(more)).toBe('Reader');
    expect(await drafts()).toHaveLength(20);
  });

  it('is told by the API as a conflict where it was made from an older one', async () => {
    const { id } = await begun();
    const token = await house.api.applicant('mai');
    const draft = { procedure: 'library-card', version: '1.0.0', entered: { '/note': 'B' } };
    const put = (follows: number) => house.api.send('PUT', `/drafts/${id}`, { token, body: { ...draft, follows } });
    expect((await put(0)).body['type']).toBe('urn:onetrack:problem:conflict');
    const kept = await house.api.send('GET', `/drafts/${id}`, { token });
    expect(kept.body['entered']).toMatchObject({ '/applicant/name': 'Trần Thị Mai' });
    expect((await put(Number(kept.body['revision']))).status).toBe(200);
    expect((await house.api.send('GET', `/drafts/${id}`, { token })).body['entered']).toEqual({ '/note': 'B' });
  });
});
