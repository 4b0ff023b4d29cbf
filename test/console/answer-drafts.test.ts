import { ConsoleHouse, type Fields, hidden, MAI, type Person, type Shown } from '../builders/console-house.ts';
import { appendSurely } from '../../functions/runtime/append.ts';
import { parkFor } from '../../functions/stages/park.ts';

/** Another login of the same person, from another device. */
const MAI_AGAIN: Person = { subject: 'mai', office: null };
const OVER = 'This is not asked for any more';

let house: ConsoleHouse;
let id: string;
let own: string;
beforeEach(async () => {
  house = await ConsoleHouse.open(['test/console/confirmed.yaml']);
  const token = await house.api.applicant('mai');
  const body = {
    procedure: 'confirmed',
    unit: 'thu-lam',
    form: { applicant: { name: 'Trần Thị Mai' } },
    documents: [],
  };
  id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  own = `/console/mine/${id}`;
  await house.api.stage.settle();
  await house.api.accepted(id);
});
afterEach(() => house.close());

const answer = (shown: Shown, step: string, fields: Fields, person = MAI): Promise<Shown> =>
  house.post(`${own}/answer`, person, { task: hidden(shown, 'task'), kept: hidden(shown, 'kept'), ...fields, step });
const heading = ({ text }: Shown): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? '';
const drafts = async (): Promise<{ id: string }[]> =>
  (await house.api.send('GET', '/drafts', { token: await house.api.applicant('mai') })).body['items'] as never;
const OBJECTION = { outcome: 'declined', comment: 'Tên viết sai' };

describe('a yes or a no that is begun', () => {
  it('is kept where somebody leaves, also without a reason that is needed, and gone on with from another device', async () => {
    const shown = await house.get(own, MAI);
    expect((await answer(shown, 'save', OBJECTION)).text).toContain('Saved. Nothing is handed in yet.');
    const [draft] = await drafts();
    const mine = await house.get('/console/mine', MAI_AGAIN);
    expect(mine.text).toContain(`/console/drafts/${draft!.id}"`);
    const { code, reference } = (
      await house.api.send('GET', `/dossiers/${id}`, { token: await house.api.applicant('mai') })
    ).body;
    expect(mine.text).toContain(` – ${String(code ?? reference)}, saved on`);
    expect((await house.get(`/console/drafts/${draft!.id}`, MAI_AGAIN)).headers.get('location')).toBe(own);
    const again = await house.get(own, MAI_AGAIN);
    expect(again.text).toContain('Tên viết sai</textarea>');
    expect(again.text).toMatch(/value="declined"\s+checked/);
    const emptied = await answer(again, 'check', { ...OBJECTION, comment: '' }, MAI_AGAIN);
    expect(emptied.status).toBe(422);
    const check = await answer(emptied, 'check', OBJECTION, MAI_AGAIN);
    const sent = await Promise.all([1, 2].map(() => answer(check, 'confirm', OBJECTION, MAI_AGAIN)));
    expect(sent.map(({ status }) => status)).toEqual([303, 303]);
    expect(await drafts()).toEqual([]);
  });

  it('is not sent where another was saved on another device since it was looked at', async () => {
    const shown = await house.get(own, MAI);
    const check = await answer(shown, 'check', OBJECTION);
    await answer(shown, 'save', { outcome: 'answered', comment: '' }, MAI_AGAIN);
    const confirmed = await answer(check, 'confirm', OBJECTION);
    expect(confirmed.text).toContain('Nothing was sent yet');
    expect(confirmed.text).toMatch(/value="declined"\s+checked/);
    expect((await answer(confirmed, 'confirm', OBJECTION)).status).toBe(303);
  });

  it('is not sent where its reason was emptied on another device since it was looked at', async () => {
    const check = await answer(await house.get(own, MAI), 'check', OBJECTION);
    await answer(await house.get(own, MAI_AGAIN), 'save', { ...OBJECTION, comment: '' }, MAI_AGAIN);
    const confirmed = await answer(check, 'confirm', OBJECTION);
    expect(confirmed.text).toContain('Message: (left empty)');
    expect(confirmed.text).toContain('Nothing was sent yet');
  });

  it('waits, and is kept, while the dossier stands still', async () => {
    const check = await answer(await house.get(own, MAI), 'check', OBJECTION);
    const { platform } = house.api.stage.machine;
    await appendSurely(platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
    const waits = await answer(check, 'confirm', OBJECTION);
    expect({ status: waits.status, heading: heading(waits) }).toEqual({
      status: 409,
      heading: 'This cannot be sent now',
    });
    for (const part of ['stands still', 'Tên viết sai', 'I do not agree']) expect(waits.text).toContain(part);
    expect(waits.text).not.toContain(OVER);
    expect((await house.get(own, MAI_AGAIN)).text).toContain('Tên viết sai</textarea>');
  });

  it('is open still where somebody looks for a supplement: he is led to where it is answered', async () => {
    await answer(await house.get(own, MAI), 'save', OBJECTION);
    const shown = await house.get(`${own}/supplement`, MAI);
    expect({ status: shown.status, to: shown.headers.get('location') }).toEqual({ status: 303, to: own });
  });

  it('keeps a reason that is too long whole, and says so', async () => {
    const comment = `${'x'.repeat(4000)} hết`;
    const refused = await answer(await house.get(own, MAI), 'check', { outcome: 'declined', comment });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('at most 4000 characters');
    expect((await house.get(own, MAI_AGAIN)).text).toContain('x hết</textarea>');
  });

  it('is told, and shown, where it was answered otherwise on another device', async () => {
    const shown = await house.get(own, MAI);
    const check = await answer(shown, 'check', OBJECTION);
    const token = await house.api.applicant('mai');
    const decided = { token, body: { outcome: 'answered' } };
    expect((await house.api.send('POST', `/tasks/${id}.confirm.1/decision`, decided)).status).toBe(200);
    await house.api.stage.settle();
    for (const step of ['check', 'confirm']) {
      const late = await answer(check, step, OBJECTION);
      expect({ step, status: late.status, heading: heading(late) }).toEqual({ step, status: 409, heading: OVER });
      for (const part of ['It was answered on', 'Tên viết sai']) expect(late.text).toContain(part);
    }
  });

  it('is told, and shown, where the term has passed', async () => {
    await answer(await house.get(own, MAI), 'save', OBJECTION);
    const [draft] = await drafts();
    const entered = { ...OBJECTION, '/applicant/sex': 'f' };
    const token = await house.api.applicant('mai');
    const body = { procedure: 'confirmed', version: '1.0.0', task: `${id}.confirm.1`, entered, follows: 1 };
    expect((await house.api.send('PUT', `/drafts/${draft!.id}`, { token, body })).status).toBe(200);
    await house.api.stage.passUntil(house.api.stage.now + 5 * 86_400_000);
    const later: Person = { subject: 'mai', office: null, claimed: {} };
    const found = await house.get(`/console/drafts/${draft!.id}`, later);
    expect(heading(found)).toBe(OVER);
    for (const part of ['The term to answer ended on', 'Tên viết sai', 'Female']) expect(found.text).toContain(part);
  });
});
