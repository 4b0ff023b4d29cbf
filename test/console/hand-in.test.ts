import { readFileSync } from 'node:fs';
import { ADMIN, ConsoleHouse, hidden, RECEPTION } from '../builders/console-house.ts';

const PROCEDURES = new URL('../../workflows/procedures/', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, PROCEDURES), 'utf8');
const TEMPLATES = ['receipt', 'library-card', 'refusal'];
const AT = '/console/definitions/library-card';

let house: ConsoleHouse;
beforeEach(async () => {
  house = await ConsoleHouse.open();
});
afterEach(() => house.close());

function sourceOf(version: string, change: (text: string) => string = (text) => text): string {
  return change(read('library-card.yaml').replace('version: 1.0.0', `version: ${version}`));
}

/** As a browser sends them: by name, whatever folder they lay in. */
function filesOf(source: string | Uint8Array<ArrayBuffer>, templates = TEMPLATES): [string, string | File][] {
  return [
    ['csrf', house.session(ADMIN).csrf],
    ['procedure', new File([source], 'my procedure.yaml')],
    ['forms', new File([read('forms/library-card.json')], 'library-card.json')],
    ...templates.map((name): [string, File] => [
      'templates',
      new File([read(`templates/${name}.yaml`)], `templates/${name}.yaml`),
    ]),
    ['tables', new File([], '')],
  ];
}

function handIn(source: string | Uint8Array<ArrayBuffer>, templates?: string[]) {
  return house.send('POST', '/console/hand-in', { person: ADMIN, fields: filesOf(source, templates) });
}

const longer = (text: string): string => text.replace('workingDays: 3', 'workingDays: 4');

describe('a version that is handed in by page', () => {
  it('is refused with file, line and what was expected there, and nothing is kept', async () => {
    const before = await house.api.stored();
    const source = sourceOf('1.1.0', (text) => text.replace('online: full', 'online: sometimes'));
    const line = source.split('\n').findIndex((each) => each.startsWith('online:')) + 1;
    const { status, text } = await handIn(source);
    expect(status).toBe(422);
    expect(text).toContain(`library-card.yaml:${line}:9`);
    expect(text).toMatch(/expected [^<]*full/);
    expect(text).toContain('The procedure has 1 fault, listed below');
    expect(await house.api.stored()).toBe(before);
  });

  it.each([
    ['without a file that it names', () => handIn(sourceOf('1.1.0'), ['receipt']), 422, 'there is no file templates/'],
    ['that does not name itself', () => handIn('title: { en: Nothing }'), 422, 'unnamed.yaml:1:1'],
    ['that is no text', () => handIn(new Uint8Array([0xff, 0xfe, 0x00])), 422, 'is no text in UTF-8'],
    [
      'that was not chosen',
      () => house.post('/console/hand-in', ADMIN, { procedure: new File([], '') }),
      422,
      'Choose the file of the procedure',
    ],
    ['whose number is published already', () => handIn(sourceOf('1.0.0', longer)), 409, 'never changes'],
  ])('%s is refused in words', async (_, send, expected, said) => {
    const before = await house.api.stored();
    const { status, text } = await send();
    expect([status, text.includes(said)]).toEqual([expected, true]);
    expect(text).toContain('govuk-error-summary');
    expect(await house.api.stored()).toBe(before);
  });

  it('is a draft that shows what is other than in the version in force; handed in again it replaces the draft', async () => {
    for (const days of [5, 4]) {
      const done = await handIn(sourceOf('1.1.0', (text) => text.replace('workingDays: 3', `workingDays: ${days}`)));
      expect([done.status, done.headers.get('location')]).toEqual([303, `${AT}/1.1.0`]);
    }
    const { text } = await house.get(`${AT}/1.1.0`, ADMIN);
    expect(text).toMatch(
      /other than in version 1\.0\.0, which is in force[\s\S]*?clock\.limit\.workingDays[\s\S]*?3[\s\S]*?4/,
    );
    expect(text).toContain('None: this version runs as it is written');
    expect((await house.get('/console/definitions', ADMIN)).text).toContain('href="/console/hand-in"');
  });

  it('is taken from administrators alone', async () => {
    const before = await house.api.stored();
    const fields = filesOf(sourceOf('1.1.0')).slice(1);
    const { status } = await house.send('POST', '/console/hand-in', {
      person: RECEPTION,
      fields: [['csrf', house.session(RECEPTION).csrf], ...fields],
    });
    expect(status).toBe(403);
    expect(await house.api.stored()).toBe(before);
  });
});

describe('the instant from which a version is in force', () => {
  const query = (fields: Readonly<Record<string, string>>): string =>
    new URLSearchParams(
      Object.entries(fields).map(([name, value]): [string, string] => [`from.${name}`, value]),
    ).toString();

  beforeEach(async () => {
    expect((await handIn(sourceOf('1.1.0', longer))).status).toBe(303);
  });

  it('is chosen, told, and holds: until then new dossiers start on the version before', async () => {
    const page = await house.get(
      `${AT}/1.1.0/publish?${query({ day: '1', month: '12', year: '2027', time: '7h30' })}`,
      ADMIN,
    );
    expect(page.text).toContain('from Wednesday 1 December 2027 at 07:30');
    const effectiveFrom = hidden(page, 'effectiveFrom');
    expect(effectiveFrom).toBe('2027-12-01T00:30:00.000Z');
    const sent = { digest: hidden(page, 'digest'), once: hidden(page, 'once'), effectiveFrom };
    for (const turn of [1, 2])
      expect([turn, (await house.post(`${AT}/1.1.0/publish`, ADMIN, sent)).headers.get('location')]).toEqual([
        turn,
        `${AT}/1.1.0`,
      ]);
    const token = await house.api.admin();
    const { body } = await house.api.send('GET', '/procedures/library-card/versions/1.1.0', { token });
    expect(body).toMatchObject({ status: 'published', effectiveFrom });
    const { catalogue } = house.api.stage.machine;
    expect((await catalogue.current('library-card', house.api.stage.now))?.version).toBe('1.0.0');
    expect((await catalogue.current('library-card', Date.parse(effectiveFrom)))?.version).toBe('1.1.0');
  });

  it('is the beginning of a day where no time is given', async () => {
    const page = await house.get(`${AT}/1.1.0/publish?${query({ day: '1', month: '12', year: '2027' })}`, ADMIN);
    expect(hidden(page, 'effectiveFrom')).toBe('2027-11-30T17:00:00.000Z');
  });

  it.each([
    ['no such day', { day: '31', month: '2', year: '2027' }],
    ['no such time', { day: '1', month: '2', year: '2027', time: '25:00' }],
  ])('is asked for again where it is %s', async (_, fields) => {
    const { status, text } = await house.get(`${AT}/1.1.0/publish?${query(fields)}`, ADMIN);
    expect(status).toBe(422);
    expect(text).toContain('href="#from"');
    expect(text).not.toContain('name="step"');
  });

  it('is refused in the past, before and after the button', async () => {
    const { text } = await house.get(`${AT}/1.1.0/publish?${query({ day: '1', month: '7', year: '2026' })}`, ADMIN);
    expect(text).toContain('It cannot be in force from this instant');
    expect(text).not.toContain('name="step"');
    const late = await house.post(`${AT}/1.1.0/publish`, ADMIN, { effectiveFrom: '2026-07-01T00:00:00.000Z' });
    expect(late.status).toBe(422);
    expect(late.text).toContain('It cannot be in force from this instant');
  });
});
