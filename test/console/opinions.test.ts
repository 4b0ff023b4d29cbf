import { createHash } from 'node:crypto';
import { ConsoleHouse, hidden, type Person } from '../builders/console-house.ts';
import { PDF } from '../builders/api-house.ts';

let house: ConsoleHouse;
let id: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['test/workflows/fixtures/advice.yaml']);
});
afterAll(() => house.close());

const BODY: Person = { subject: 'dong-anh-officer-1', office: { unit: 'dong-anh', role: 'case-officer' } };
const SECRET = Buffer.from('%PDF-1.7\nfor the unit alone\n%%EOF\n');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const DAY = 86_400_000;

/** A dossier of Thư Lâm on which Đông Anh is asked for its opinion, and given one of two documents. */
beforeEach(async () => {
  const token = await house.api.applicant('lan');
  const documents = [
    { component: 'plan', upload: await house.api.upload(token) },
    { component: 'secret', upload: await house.api.upload(token, SECRET) },
  ];
  const form = { owner: { name: 'Phạm Thị Lan' }, heritage: true, neighbours: [] };
  const body = { procedure: 'advice', unit: 'thu-lam', form, documents };
  id = String((await house.api.send('POST', '/dossiers', { token, body })).body['id']);
  await house.api.stage.settle();
  const reception = await house.api.official('thu-lam-reception', 'reception');
  await house.api.send('POST', `/tasks/${id}.receive.1/decision`, { token: reception, body: { outcome: 'accepted' } });
  await house.api.stage.settle();
});

const task = (): string => `/console/tasks/${id}.opinions.1.part.fire`;
const denials = async (): Promise<unknown> =>
  (await house.api.send('GET', `/dossiers/${id}/denials`, { token: await house.api.admin() })).body['items'];

describe('a body that is consulted', () => {
  it('sees on its page what it is asked and what it is given, nothing else, and no denial is kept', async () => {
    const { status, text } = await house.get(task(), BODY);
    expect(status).toBe(200);
    for (const part of ['What is asked of you', 'It counts as agreement', 'name="/storeys"', sha256(PDF)])
      expect(text).toContain(part);
    for (const part of ['Phạm Thị Lan', sha256(SECRET), 'id="history"', `/console/dossiers/${id}"`])
      expect(text).not.toContain(part);
    expect((await house.get(`/console/dossiers/${id}/documents/${sha256(PDF)}`, BODY)).status).toBe(303);
    expect(await denials()).toEqual([]);
  });

  it('answers, through the page that says what will happen', async () => {
    const answer = { outcome: 'agreed', comment: 'Đường vào đủ rộng', '/storeys': '7' };
    const check = await house.post(`${task()}/decision`, BODY, { ...answer, step: 'check' });
    expect({ status: check.status, once: hidden(check, 'once') }).toEqual({ status: 200, once: expect.any(String) });
    const done = await house.post(`${task()}/decision`, BODY, {
      ...answer,
      step: 'confirm',
      once: hidden(check, 'once'),
    });
    expect({ status: done.status, done: done.text.includes('Your decision is recorded') }).toEqual({
      status: 200,
      done: true,
    });
    expect(done.text).not.toContain(`/console/dossiers/${id}"`);
    const token = await house.api.official('thu-lam-officer-1', 'case-officer');
    const { body } = await house.api.send('GET', `/dossiers/${id}/opinions`, { token });
    expect(body['items']).toContainEqual(expect.objectContaining({ part: 'fire', counts: 'agreed' }));
    expect((await house.get(task(), BODY)).text).toContain('This task is no longer open');
    expect(await denials()).toEqual([]);
  });

  it('is another unit: the dossier itself is denied to it, and that is kept', async () => {
    expect((await house.get(`/console/dossiers/${id}`, BODY)).status).toBe(403);
    expect(await denials()).toHaveLength(1);
  });

  it('is told when silence has answered, and may still say what it has to say', async () => {
    await house.api.stage.passUntil(house.api.stage.now + 16 * DAY);
    const later: Person = { subject: BODY.subject, claimed: { unit: 'dong-anh', role: 'case-officer' } };
    const { text } = await house.get(task(), later);
    expect(text).toContain('What you answer now is kept, without effect.');
    const late = { outcome: 'opposed', comment: 'Quá hẹp', '/storeys': '7', step: 'confirm', once: 'late' };
    expect((await house.post(`${task()}/decision`, later, late)).status).toBe(200);
    const events = await house.api.stage.machine.platform.store.events(id);
    expect(events.map(({ event }) => event.type)).toContain('LateOpinionKept');
  });
});
