import { readFileSync } from 'node:fs';
import { enteredFrom } from '../../console/forms/answers.ts';
import { ConsoleHouse, hidden, OFFICER, type Person, type Shown } from '../builders/console-house.ts';
import { anApplication } from '../builders/construction-permit.ts';

let house: ConsoleHouse;
beforeAll(async () => {
  house = await ConsoleHouse.open([
    'workflows/procedures/construction-permit.yaml',
    'workflows/procedures/household-business.yaml',
  ]);
});
afterAll(() => house.close());

const HUNG: Person = { subject: 'hung' };
const FORM = JSON.parse(
  readFileSync(new URL('../../workflows/procedures/fixtures/household-business.json', import.meta.url), 'utf8'),
) as object;
const PDF = new File(['%PDF-1.7\nsample\n%%EOF\n'], 'request.pdf', { type: 'application/pdf' });

/** What Enter in a field presses: the first button that submits the form. */
const pressedByEnter = ({ text }: Shown): string | undefined =>
  /<button\s+type="submit"[^>]*>/.exec(text.slice(text.indexOf('enctype="multipart/form-data"')))?.[0];
const addTo = ({ text }: Shown): { at: string; add: string } => {
  const [, at = '', add = ''] = /formaction="([^"]*)"\s+name="add"\s+value="([^"]*)"/.exec(text) ?? [];
  return { at, add };
};

/** A dossier of a household business that is to be completed: its lines of business. */
async function toComplete(): Promise<string> {
  const token = await house.api.applicant('hung');
  const documents = [{ component: 'request', upload: await house.api.upload(token) }];
  const body = { procedure: 'household-business', unit: 'dong-anh', form: FORM, documents };
  const submitted = await house.api.send('POST', '/dossiers', { token, body });
  expect(submitted.status).toBe(201);
  await house.api.stage.settle();
  const id = String(submitted.body['id']);
  const asked = await house.api.send('POST', `/tasks/${id}.receive.1/decision`, {
    token: await house.api.official('dong-anh-reception', 'reception'),
    body: { outcome: 'incomplete', missing: ['business'], comment: 'Thiếu ngành nghề' },
  });
  expect(asked.status).toBe(200);
  await house.api.stage.settle();
  return id;
}

describe('a list', () => {
  it('on an official’s form takes a row more, and keeps what was entered', async () => {
    const task = `${await anApplication(house.api)}.examine.1`;
    const page = await house.get(`/console/tasks/${task}`, OFFICER);
    const { at, add } = addTo(page);
    expect({ at, add }).toEqual({ at: `/console/tasks/${task}/decision#f-team`, add: '/team/2' });
    const entered = { outcome: 'valid', comment: 'Đủ', '/team/0/name': 'Hoàng Văn Tùng', '/team/1/name': '' };
    const more = await house.post(at.split('#')[0]!, OFFICER, { ...entered, add });
    expect(more.status).toBe(200);
    expect(more.text).toContain('name="/team/2/name"');
    expect(more.text).toContain('value="Hoàng Văn Tùng"');
    expect(more.text).toMatch(/value="valid"\s+checked/);
    expect(more.text).toContain('Đủ</textarea');
    expect(
      addTo(await house.post(at.split('#')[0]!, OFFICER, { ...entered, '/team/2/name': '', add: '/team/3' })).add,
    ).toBe('');
  });

  it('of a supplement takes a row more, and keeps what was entered and the files', async () => {
    const id = await toComplete();
    const path = `/console/mine/${id}/supplement`;
    const page = await house.get(path, HUNG);
    const { at, add } = addTo(page);
    expect({ at, add }).toEqual({ at: `${path}#f-business-lines`, add: '/business/lines/1' });
    const entered = { ...Object.fromEntries(enteredFrom(FORM)), task: hidden(page, 'task'), comment: 'Thêm' };
    const more = await house.post(path, HUNG, { ...entered, add, 'file:request': PDF });
    expect(more.status).toBe(200);
    expect(more.text).toContain('name="/business/lines/1/code"');
    expect(more.text).toContain('value="56101"');
    expect(more.text).toContain('Thêm</textarea');
    expect(hidden(more, 'uploaded')).toMatch(/^request u[a-z0-9]+ request\.pdf$/);
    const both = { ...entered, '/business/lines/1/code': '56301', '/business/lines/1/name': 'Quán cà phê' };
    expect((await house.post(path, HUNG, { ...both, step: 'check' })).text).toContain('Quán cà phê');
  });

  it('has a button for one row more, which Enter in a field does not press', async () => {
    const id = await toComplete();
    expect(pressedByEnter(await house.get(`/console/mine/${id}/supplement`, HUNG))).toMatch(
      /name="step"\s+value="check"/,
    );
    const lines = await house.post('/console/apply/household-business', HUNG, {
      unit: 'dong-anh',
      page: '0',
      step: 'go:3',
    });
    expect(lines.text).toContain('name="add"');
    expect(pressedByEnter(lines)).toMatch(/name="step"\s+value="next"/);
    const task = await house.get(`/console/tasks/${await anApplication(house.api)}.examine.1`, OFFICER);
    const form = task.text.slice(task.text.indexOf('id="decision"'));
    expect(/<button\s+type="submit"[^>]*>/.exec(form)?.[0]).toMatch(/name="step"\s+value="check"/);
  });
});
