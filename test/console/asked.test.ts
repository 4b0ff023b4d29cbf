import { parkFor } from '../../functions/stages/park.ts';
import { appendSurely } from '../../functions/runtime/append.ts';
import { PDF } from '../builders/api-house.ts';
import { ConsoleHouse, type Fields, hidden, MAI, type Person, type Shown } from '../builders/console-house.ts';

/** Another login of the same person, from another device. */
const MAI_AGAIN: Person = { subject: 'mai', office: null };

let house: ConsoleHouse;
let id: string;
let own: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/console/asked.yaml']);
});
afterAll(() => house.close());

async function begun(): Promise<void> {
  const token = await house.api.applicant('mai');
  const body = { procedure: 'asked', unit: 'thu-lam', form: { applicant: { name: 'Trần Thị Mai' } }, documents: [] };
  id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  own = `/console/mine/${id}`;
  await house.api.stage.settle();
  await house.api.accepted(id);
}
beforeEach(begun);

const at = (stage: string): string => `${own}/asked/${id}.${stage}.1`;
const file = (bytes: Buffer = PDF): File =>
  new File([new Uint8Array(bytes)], 'ban-ve.pdf', { type: 'application/pdf' });
const uploadedIn = ({ text }: Shown): string[] =>
  [...text.matchAll(/name="uploaded"\s+value="([^"]*)"/g)].map(([, value = '']) => value);
/** The next form of the page that was shown. */
const send = (stage: string, shown: Shown, step: string, fields: Fields, person = MAI): Promise<Shown> =>
  house.post(at(stage), person, { kept: hidden(shown, 'kept'), uploaded: uploadedIn(shown), ...fields, step });
const heading = ({ text }: Shown): string => /<h1[^>]*>([^<]*)</.exec(text)?.[1]?.trim() ?? '';
const stored = () => house.api.stage.machine.platform.store.events(id);
const answers = async (): Promise<object[]> =>
  (await stored()).flatMap(({ event }) =>
    event.type === 'TaskDecided' && event.actor.kind === 'applicant' ? [event.data] : [],
  );
const drafts = async (): Promise<{ id: string }[]> => {
  const { body } = await house.api.send('GET', '/drafts', { token: await house.api.applicant('mai') });
  return (body['items'] as { id: string; task?: string }[]).filter(({ task = '' }) => task.startsWith(id));
};

/** Answers by page what is asked now. */
async function answered(stage: string, fields: Fields): Promise<Shown> {
  const check = await send(stage, await house.get(at(stage), MAI), 'check', fields);
  expect({ stage, heading: heading(check) }).toEqual({ stage, heading: 'Check your answer' });
  const { plan: _, ...typed } = fields;
  const done = await send(stage, check, 'confirm', { ...typed, 'file:plan': '' });
  await house.api.stage.settle();
  return done;
}

describe('what an applicant is asked', () => {
  it('is led to from the dossier, with why, until when and what comes otherwise, and answered one after another', async () => {
    const shown = await house.get(own, MAI);
    expect(shown.text).toContain(`href="${at('file')}"`);
    for (const said of ['File your documents', 'If nothing has come by then:', 'Stopped'])
      expect(shown.text).toContain(said);
    const form = await house.get(at('file'), MAI);
    expect(form.text).toMatch(
      /Documents that belong here[\s\S]*file:plan[\s\S]*file:survey[\s\S]*Add other documents[\s\S]*file:letter/,
    );
    const check = await send('file', form, 'check', { 'file:plan': file() });
    expect(check.text).toMatch(/Plan[\s\S]*ban-ve\.pdf[\s\S]*Survey[\s\S]*Not handed in/);
    expect(check.text).toContain('The applicant is asked: Explain within 2 working days');
    const sent = await Promise.all([1, 2].map(() => send('file', check, 'confirm', { outcome: 'answered' })));
    expect(sent.map(({ status }) => status)).toEqual([303, 303]);
    await house.api.stage.settle();
    expect(await drafts()).toEqual([]);
    expect((await answered('hear', { outcome: 'answered', comment: 'Tôi xin trình bày' })).status).toBe(303);
    expect((await house.get(own, MAI)).text).toContain('Mend the roof');
    expect((await answered('mend', { outcome: 'answered', comment: 'Đã sửa' })).status).toBe(303);
    expect((await answered('sendBack', {})).status).toBe(303);
    const consent = await house.get(own, MAI);
    expect(consent.text).toContain('I do not consent');
    const yes = { task: hidden(consent, 'task'), kept: hidden(consent, 'kept'), outcome: 'answered', comment: '' };
    expect((await house.post(`${own}/answer`, MAI, { ...yes, step: 'confirm' })).status).toBe(303);
    expect(await answers()).toMatchObject([
      { outcome: 'answered', documents: [{ component: 'plan' }] },
      { outcome: 'answered', documents: [] },
      { outcome: 'answered' },
      { outcome: 'answered' },
      { outcome: 'answered' },
    ]);
  });

  it('is not answered by nothing, nor declined without a reason', async () => {
    const nothing = await send('file', await house.get(at('file'), MAI), 'check', {});
    expect({ status: nothing.status, told: nothing.text.includes('Write something, or choose a file') }).toEqual({
      status: 422,
      told: true,
    });
    await answered('file', { comment: 'Không có bản vẽ' });
    const none = await send('hear', await house.get(at('hear'), MAI), 'check', {});
    expect(none.text).toContain('Choose an answer');
    const declined = await send('hear', none, 'check', { outcome: 'declined' });
    expect({ status: declined.status, told: declined.text.includes('Say why') }).toEqual({ status: 422, told: true });
    expect(await answers()).toHaveLength(1);
  });

  it('is kept as it is typed, with its file, and gone on with from another device', async () => {
    const saved = await send('file', await house.get(at('file'), MAI), 'save', {
      comment: 'Đang làm',
      'file:plan': file(),
    });
    expect(saved.text).toContain('Saved. Nothing is handed in yet.');
    const [draft] = await drafts();
    const led = await house.get(`/console/drafts/${draft!.id}`, MAI_AGAIN);
    expect(led.headers.get('location')).toBe(at('file'));
    const again = await house.get(at('file'), MAI_AGAIN);
    for (const part of ['Đang làm</textarea>', 'ban-ve.pdf']) expect(again.text).toContain(part);
    const check = await send('file', again, 'check', { comment: 'Đang làm' }, MAI_AGAIN);
    await send('file', await house.get(at('file'), MAI), 'save', { comment: 'Khác' });
    const late = await send('file', check, 'confirm', { comment: 'Đang làm', outcome: 'answered' }, MAI_AGAIN);
    expect(late.text).toContain('Nothing was sent yet');
    expect(await answers()).toEqual([]);
  });

  it('is refused at its file where that is of another kind: what was typed stays', async () => {
    const wrong = await send('file', await house.get(at('file'), MAI), 'check', {
      comment: 'Đang làm',
      'file:plan': new File(['hello'], 'a.pdf'),
    });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Đang làm</textarea>');
    expect(wrong.text).toContain('id="document-plan-error"');
  });

  it('waits while the dossier stands still, and is kept', async () => {
    const check = await send('file', await house.get(at('file'), MAI), 'check', { comment: 'Đang làm' });
    await appendSurely(house.api.stage.machine.platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
    const waits = await send('file', check, 'confirm', { comment: 'Đang làm', outcome: 'answered' });
    expect({ status: waits.status, heading: heading(waits) }).toEqual({
      status: 409,
      heading: 'This cannot be sent now',
    });
    expect((await house.get(at('file'), MAI_AGAIN)).text).toContain('Đang làm</textarea>');
  });

  it('that is answered, withdrawn or never was says so', async () => {
    const check = await send('file', await house.get(at('file'), MAI), 'check', { comment: 'Đang làm' });
    const token = await house.api.applicant('mai');
    const decided = { token, body: { outcome: 'answered', comment: 'khác' } };
    expect((await house.api.send('POST', `/tasks/${id}.file.1/decision`, decided)).status).toBe(200);
    await house.api.stage.settle();
    const late = await send('file', check, 'confirm', { comment: 'Đang làm', outcome: 'answered' });
    expect({ status: late.status, heading: heading(late) }).toEqual({
      status: 409,
      heading: 'This is not asked for any more',
    });
    for (const part of ['It was answered on', 'Đang làm']) expect(late.text).toContain(part);
    expect(heading(await house.get(at('file'), MAI))).toBe('This is not asked for any more');
    for (const other of [`${own}/asked/${id}.receive.1`, `${own}/asked/d${'0'.repeat(26)}.file.1`])
      expect((await house.get(other, MAI)).status).toBe(404);
    expect((await house.get(at('file'), { subject: 'ngoc', office: null })).status).toBe(404);
  });

  it('that has expired says so, with what was typed', async () => {
    await send('file', await house.get(at('file'), MAI), 'save', { comment: 'Đang làm' });
    await house.api.stage.passUntil(house.api.stage.now + 9 * 86_400_000);
    const later: Person = { subject: 'mai', office: null, claimed: {} };
    const over = await house.get(at('file'), later);
    expect(heading(over)).toBe('This is not asked for any more');
    for (const part of ['The term to answer ended on', 'Đang làm']) expect(over.text).toContain(part);
  });
});
