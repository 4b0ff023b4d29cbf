import { readFileSync } from 'node:fs';
import { sha256 } from '../../domain/chain.ts';
import { PDF } from '../builders/api-house.ts';
import { ConsoleHouse, type Fields, hidden, OFFICER, RECEPTION, type Shown } from '../builders/console-house.ts';

const FORM = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/marriage-registration.json', import.meta.url), 'utf8'),
) as object;
const SCAN = sha256(PDF);
const SIGNER = 'https://signer.example/authorise';

let house: ConsoleHouse;
let dossier: string;
let task: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['workflows/procedures/marriage-registration.yaml'], SIGNER);
});
afterAll(() => house.close());
beforeEach(() => bring('thu-lam'));

/** Brought to the counter of a unit, and scanned there. Thư Lâm decides. */
async function bring(unit: string): Promise<void> {
  const token = await house.api.official(`${unit}-reception`, 'reception');
  const { body } = await house.api.send('POST', '/dossiers', {
    token,
    body: {
      procedure: 'marriage-registration',
      unit,
      channel: 'counter',
      form: FORM,
      documents: [{ component: 'declaration', upload: await house.api.upload(token), how: 'scan' }],
      contact: {},
    },
  });
  await house.api.stage.settle();
  dossier = String(body['id']);
  task = `${dossier}.receive.1`;
}

const RETURNED: Fields = { compared: SCAN, 'original:declaration': 'returned' };
const KEPT: Fields = {
  compared: SCAN,
  'original:declaration': 'kept',
  place: 'Tủ 3 <ngăn 2>',
  'until.day': '1',
  'until.month': '12',
  'until.year': '2026',
};

const look = (path = ''): Promise<Shown> => house.get(`/console/tasks/${task}${path}`, RECEPTION);
const say = (fields: Fields, person = RECEPTION): Promise<Shown> =>
  house.post(`/console/tasks/${task}/intake`, person, fields);
const decide = (fields: Fields, of = task, person = RECEPTION): Promise<Shown> =>
  house.post(`/console/tasks/${of}/decision`, person, fields);

async function types(): Promise<string[]> {
  return (await house.api.stage.machine.platform.store.events(dossier)).map(({ event }) => event.type);
}

/** Faults at the head, each leading to a field that is there. */
function faultsOf({ text }: Shown): string[] {
  const summary = /govuk-error-summary[\s\S]*?<\/ul>/.exec(text)?.[0] ?? '';
  return [...summary.matchAll(/href="#([^"]+)">([^<]+)</g)].map(([, field = '', said = '']) => {
    expect(text).toContain(`id="${field}"`);
    expect(text).toContain(`id="${field}-error"`);
    return said;
  });
}

/** All that a page's form sends by itself. */
function hiddenOf({ text }: Shown): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="((?!csrf)[^"]+)" value="([^"]*)"/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('&lt;', '<').replaceAll('&gt;', '>')],
    ),
  );
}

/** Allows the signature at the signing service; where its page leads back to. */
function authorise({ text }: Shown): string {
  const href = new RegExp(`href="(${SIGNER}[^"]*)"`).exec(text)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const { searchParams } = new URL(href);
  const hash = Buffer.from(searchParams.get('hash') ?? '', 'base64');
  const activation = house.api.stage.world.authorize(searchParams.get('credentialID') ?? '', hash);
  const back = new URL(searchParams.get('back') ?? '');
  back.searchParams.set('activation', activation);
  return `${back.pathname}${back.search}`;
}

/** Through all pages; the last form as it was sent. */
async function takeIn(said: Fields, person = RECEPTION): Promise<Record<string, string>> {
  const signed = await house.get(authorise(await say({ ...said, step: 'check' }, person)), person);
  expect(signed.text).toContain('The signing service may sign');
  const sent = { ...hiddenOf(signed), step: 'confirm' };
  const taken = await say(sent, person);
  expect([taken.status, taken.headers.get('location')]).toEqual([303, `/console/tasks/${task}`]);
  await house.api.stage.settle();
  return sent;
}

describe('paper at the counter', () => {
  it('refuses the way forward in words, and leads to the intake', async () => {
    const { text } = await look();
    expect(text).toContain('Paper has to be taken in first');
    expect(text).toContain(`href="/console/tasks/${task}/intake"`);
    const refused = await decide({ step: 'confirm', outcome: 'accepted', once: 'early' });
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('must first be compared with its scans and signed');
    expect(refused.text).toContain(`href="/console/tasks/${task}/intake"`);
  });

  it('shows each scan with what is to be said of it', async () => {
    const { status, text } = await look('/intake');
    expect(status).toBe(200);
    expect(text).toContain(`/console/dossiers/${dossier}/documents/${SCAN}`);
    expect(text).toContain('The original: Declaration');
    const vi = await house.get(`/console/tasks/${task}/intake`, RECEPTION, { cookie: '__Host-onetrack-language=vi' });
    expect(vi.text).toContain('Số hóa giấy tờ');
  });

  it('takes nothing in of which nobody says that he has compared it', async () => {
    const nothing = await say({ step: 'check' });
    expect(nothing.status).toBe(422);
    expect(faultsOf(nothing)).toEqual([
      'Compare this scan with its paper: Declaration',
      'Choose what becomes of the original: Declaration',
    ]);
    // A scan that came after the page was shown was not compared.
    const exchanged = await say({ ...RETURNED, compared: 'a'.repeat(64), step: 'check' });
    expect(faultsOf(exchanged)).toEqual(['Compare this scan with its paper: Declaration']);
    const skipped = await say({ 'original:declaration': 'returned', step: 'confirm', activation: 'any', once: 'x' });
    expect(skipped.status).toBe(422);
    expect(await types()).not.toContain('IntakeSigned');
  });

  it('asks where and until when originals are kept', async () => {
    expect(faultsOf(await say({ ...KEPT, place: ' ', 'until.month': '13', step: 'check' }))).toEqual([
      'Enter where the originals lie, in at most 200 characters',
      'Enter the last day on which they may be kept, such as 27 3 2026',
    ]);
    const past = await say({ ...KEPT, 'until.year': '2025', step: 'check' });
    expect(faultsOf(past)).toEqual(['The last day of custody must be today or later']);
    expect(past.text).toContain('value="Tủ 3 &lt;ngăn 2&gt;"');
  });

  it('tells what will happen, records nothing before it is signed, and can be changed', async () => {
    // That he looks is kept beside the record.
    await look();
    const before = await house.api.stored();
    const confirm = await say({ ...KEPT, step: 'check' });
    expect(confirm.text).toContain('From then on only the electronic form counts');
    expect(confirm.text).toContain('becomes a task of your office, due Tuesday 1 December 2026');
    const back = await say({ ...hiddenOf(confirm), step: 'back' });
    expect(back.text).toMatch(/value="kept"\s+checked/);
    expect(await house.api.stored()).toBe(before);
  });

  it('is not recorded by a wrong activation, or by none, and can be signed again', async () => {
    const sent = hiddenOf(await say({ ...RETURNED, step: 'check' }));
    const wrong = await say({ ...sent, step: 'confirm', activation: 'wrong' });
    expect(wrong.status).toBe(422);
    expect(faultsOf(wrong)).toEqual([expect.stringContaining('The signing service did not sign')]);
    expect(wrong.text).toContain(SIGNER);
    expect(faultsOf(await say({ ...sent, step: 'confirm' }))).toEqual(['Enter the activation code']);
    expect(await types()).not.toContain('IntakeSigned');
  });

  it('forgets what the signing service brings back where it was not said here, or holds no more', async () => {
    const forged = await look('/intake/signed?said=forged&activation=any');
    expect(forged.text).toContain('<h1 class="govuk-heading-l">Take paper in</h1>');
    const { sealer } = house;
    const subject = RECEPTION.subject;
    const other = sealer.seal('intake', { task: 'another', subject, hash: '' });
    expect((await look(`/intake/signed?said=${other}&activation=any`)).text).toContain('Take paper in</h1>');
    const old = sealer.seal('intake', { task, subject, hash: 'of other scans' });
    expect(faultsOf(await look(`/intake/signed?said=${old}&activation=any`))).toEqual([
      'The scans are no longer those that you saw. Compare them again',
    ]);
  });

  it('is not taken in by who does not hold the office', async () => {
    expect((await say({ ...RETURNED, step: 'check' }, OFFICER)).status).toBe(403);
  });

  it('goes on once it is taken in, and is taken in once', async () => {
    const sent = await takeIn(RETURNED);
    expect((await say(sent)).status).toBe(303);
    const second = await say({ ...sent, once: 'another' });
    expect([second.status, second.text.includes('Nothing is left to take in')]).toEqual([409, true]);
    expect((await look('/intake')).status).toBe(409);
    expect((await types()).filter((type) => type === 'IntakeSigned')).toHaveLength(1);
    const { text } = await look();
    expect(text).toContain('have been compared with their scans and signed for');
    expect(text).toContain('compared scans with the paper and signed for them: Declaration.');
    expect((await decide({ step: 'confirm', outcome: 'accepted', once: 'go' })).status).toBe(200);
  });

  it('keeps an original as work, until it is handed back', async () => {
    await takeIn(KEPT);
    const custody = `${dossier}.custody.1`;
    const inbox = await house.get('/console/tasks', RECEPTION);
    expect(inbox.text).toContain(`href="/console/tasks/${custody}"`);
    expect(inbox.text).toContain('Originals to be handed back');
    expect((await decide({ step: 'confirm', outcome: 'accepted', once: 'kept' })).status).toBe(200);
    await house.api.stage.settle();
    const kept = await house.get(`/console/tasks/${custody}`, RECEPTION);
    expect(kept.text).toContain('Tủ 3 &lt;ngăn 2&gt;');
    expect(kept.text).toMatch(/value="handedBack"\s+checked/);
    const confirm = await decide({ step: 'check', outcome: 'handedBack' }, custody);
    expect(confirm.text).toContain('The custody of the originals ends');
    const once = hidden(confirm, 'once');
    expect((await decide({ step: 'confirm', outcome: 'handedBack', once }, custody)).status).toBe(200);
    const over = await house.get(`/console/tasks/${custody}`, RECEPTION);
    expect(over.text).toContain('Ngô Thị Mai decided “The originals are handed back” on');
    expect(over.text).toContain('handed originals back: Declaration.');
    const late = await decide({ step: 'confirm', outcome: 'handedBack', once: 'late' }, custody);
    expect([late.status, late.text.includes('Ngô Thị Mai decided “The originals are handed back”')]).toEqual([
      409,
      true,
    ]);
  });

  it('is lost or destroyed only with a written reason; that ends its custody too', async () => {
    await takeIn(KEPT);
    const custody = `${dossier}.custody.1`;
    const bare = await decide({ step: 'check', outcome: 'lost' }, custody);
    expect(bare.text).not.toContain('The custody of the originals ends');
    const refused = await decide({ step: 'confirm', outcome: 'lost', once: 'bare' }, custody);
    expect([refused.status, await types()]).toEqual([
      expect.any(Number),
      expect.not.arrayContaining(['OriginalsLost']),
    ]);
    const why = { outcome: 'lost', comment: 'Cháy kho lưu trữ' };
    const confirm = await decide({ step: 'check', ...why }, custody);
    expect(confirm.text).toContain('they are lost or destroyed, why, and who says so');
    expect((await decide({ step: 'confirm', ...why, once: hidden(confirm, 'once') }, custody)).status).toBe(200);
    const over = await house.get(`/console/tasks/${custody}`, RECEPTION);
    expect(over.text).toContain('Ngô Thị Mai decided “The originals are lost or destroyed” on');
    expect(over.text).toContain('reported originals lost or destroyed: Declaration.');
    expect(await types()).not.toContain('OriginalsReturned');
  });

  it('is handed back where it was brought, though the dossier is decided elsewhere', async () => {
    const there = { subject: 'dong-anh-reception', office: { unit: 'dong-anh', role: 'reception' } };
    await bring('dong-anh');
    await takeIn(KEPT, there);
    expect((await decide({ step: 'confirm', outcome: 'accepted', once: 'there' }, task, there)).status).toBe(200);
    await house.api.stage.settle();
    const custody = `${dossier}.custody.1`;
    const kept = await house.get(`/console/tasks/${custody}`, there);
    expect([kept.status, kept.text.includes('Tủ 3 &lt;ngăn 2&gt;')]).toEqual([200, true]);
    const back = { step: 'confirm', outcome: 'handedBack', once: 'handed' };
    expect((await decide(back, custody, there)).status).toBe(200);
    expect((await house.get(`/console/tasks/${custody}`, there)).status).toBe(200);
    expect(await types()).toContain('OriginalsReturned');
  });
});
