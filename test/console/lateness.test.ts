import { ConsoleHouse, hidden, OFFICER, type Person } from '../builders/console-house.ts';
import { anApplication } from '../builders/construction-permit.ts';

const CHAIR: Person = { subject: 'thu-lam-chair', office: { unit: 'thu-lam', role: 'chairperson' } };
let house: ConsoleHouse;
let task: string;
beforeAll(async () => {
  house = await ConsoleHouse.open(['workflows/procedures/construction-permit.yaml']);
  const id = await anApplication(house.api);
  const officer = await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  await house.api.send('POST', `/dossiers/${id}/apologies`, { token: officer, body: {} });
  task = `${id}.lateness.1`;
});
afterAll(() => house.close());

const path = (): string => `/console/tasks/${task}/decision`;
const DRAFT = {
  outcome: 'drafted',
  '/cause': 'consultation',
  '/due.day': '11',
  '/due.month': '12',
  '/due.year': '2026',
};

describe('an apology on its page', () => {
  it('is put as questions: a cause from the list and a date, with the reason', async () => {
    const { text } = await house.get(`/console/tasks/${task}`, OFFICER);
    expect(text).toContain('Late dossier: apology and new date');
    expect(text).toContain('A consulted body has not answered');
    expect(text).toContain('name="/due.day"');
  });

  it('is not drafted without a reason', async () => {
    const { status } = await house.post(path(), OFFICER, { ...DRAFT, step: 'check' });
    expect(status).toBe(422);
  });

  it('is drafted, and what follows is told before', async () => {
    const check = await house.post(path(), OFFICER, { ...DRAFT, comment: 'Planning is silent', step: 'check' });
    expect(check.status).toBe(200);
    expect(check.text).toContain('is drawn up and waits for signature');
    const done = await house.post(path(), OFFICER, {
      ...DRAFT,
      comment: 'Planning is silent',
      once: hidden(check, 'once'),
      step: 'confirm',
    });
    expect(done.status).toBe(200);
    const { body } = await house.api.send('GET', `/tasks/${task}`, {
      token: await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam'),
    });
    expect(body['status']).toBe('done');
  });

  it('is told to who signs it once its date has passed, and counted apart from the work', async () => {
    await house.api.stage.passUntil(house.api.stage.now + 60 * 86_400_000);
    const { text } = await house.get('/console/work', CHAIR);
    expect(text).toMatch(/<strong>1<\/strong>\s+passed dates to note/);
    expect(text).not.toContain('Late dossier: apology and new date');
    expect((await house.get('/console/tasks', CHAIR)).text).toContain('Late dossier: apology and new date');
  });
});
