import { ConsoleHouse, OFFICER, type Person, type Shown } from '../builders/console-house.ts';
import { aConnector } from '../builders/connectors.ts';

const NGOC: Person = { subject: 'ngoc' };
const LAN: Person = { subject: 'lan' };
const DAY = 86_400_000;
let house: ConsoleHouse;

beforeAll(async () => {
  house = await ConsoleHouse.open([
    'test/functions/sources/stall.yaml',
    'test/functions/sources/licence.yaml',
    'test/workflows/fixtures/advice.yaml',
  ]);
  const { registry } = house.api.stage.machine.platform;
  await registry.put('connector', 'land', aConnector('https://land.example'), 0);
});
afterAll(() => house.close());

async function handIn(procedure: string, form: object, documents: object[] = [], person = NGOC): Promise<string> {
  const token = await house.api.applicant(person.subject);
  const body = { procedure, unit: 'thu-lam', form, documents };
  const { body: answer } = await house.api.send('POST', '/dossiers', { token, body });
  await house.api.stage.settle();
  return String(answer['id']);
}
const stall = (more: object = {}, person = NGOC): Promise<string> =>
  handIn('stall', { applicant: { name: 'Ngọc' }, parcel: '17-204', ...more }, [], person);
const uses = (id: string, person = NGOC, headers?: Record<string, string>): Promise<Shown> =>
  house.get(`/console/mine/${id}/uses`, person, headers);

describe('who used my data', () => {
  it('is led to from the dossier and from the list, and tells what was asked, what for and by which law', async () => {
    const id = await stall();
    expect((await house.get(`/console/mine/${id}`, NGOC)).text).toContain(`href="/console/mine/${id}/uses"`);
    expect((await house.get('/console/mine', NGOC)).text).toContain('href="/console/uses"');
    const { status, text } = await uses(id);
    expect(status).toBe(200);
    for (const said of [
      'Land register',
      'Ministry of Environment',
      'Asked instead of your handing in: place',
      'Where the stall stands',
      'Market Act 3',
      'It had a record',
      'Nobody has opened it in the last two years.',
    ])
      expect(text).toContain(said);
    const vi = await uses(id, NGOC, { cookie: '__Host-onetrack-language=vi' });
    expect(vi.text).toContain('Ai đã dùng dữ liệu của tôi');
    expect(vi.text).toContain('Có dữ liệu');
  });

  it('tells who opened it: the unit and the office, not the name', async () => {
    const id = await stall();
    expect((await house.get(`/console/tasks/${id}.verify.1`, OFFICER)).status).toBe(200);
    const { text } = await uses(id);
    for (const said of ['Who opened it', 'case officer', 'The dossier']) expect(text).toContain(said);
    expect(text).not.toContain('thu-lam-officer-1');
    expect(text.split('The dossier</td>').length + text.split(/The dossier\s+<\/td>/).length).toBe(3);
  });

  it('tells of results of our own, of bodies that were consulted and what they were given', async () => {
    const own = await stall({ licence: 'H26.15-261116-9999' });
    expect((await uses(own)).text).toContain('An earlier result:');
    const token = await house.api.applicant('ngoc');
    const documents = [
      { component: 'plan', upload: await house.api.upload(token) },
      { component: 'secret', upload: await house.api.upload(token, Buffer.from('%PDF-1.7\nother\n%%EOF\n')) },
    ];
    const form = { owner: { name: 'Phạm Thị Lan' }, heritage: true, neighbours: [] };
    const id = await handIn('advice', form, documents);
    const reception = await house.api.official('thu-lam-reception', 'reception');
    const accepted = { token: reception, body: { outcome: 'accepted' } };
    await house.api.send('POST', `/tasks/${id}.receive.1/decision`, accepted);
    await house.api.stage.settle();
    const { text } = await uses(id);
    for (const said of ['Was asked for its opinion.', 'Documents given:']) expect(text).toContain(said);
  });

  it('tells of a register that is away', async () => {
    house.api.stage.world.registers.setState('land', 'down');
    const id = await stall();
    house.api.stage.world.registers.setState('land', 'up');
    expect((await uses(id)).text).toContain('It could not be asked; it will be asked again');
  });

  it('is told over all dossiers, and where there is none', async () => {
    const hung: Person = { subject: 'hung' };
    expect((await house.get('/console/uses', hung)).text).toContain('You have not submitted anything yet.');
    for (let more = 0; more < 6; more += 1) await stall({}, hung);
    const first = await house.get('/console/uses', hung);
    expect(first.text.split('Where the stall stands').length - 1).toBe(5);
    const [, next = ''] = /href="(\/console\/uses\?after=[^"]+)"/.exec(first.text) ?? [];
    const rest = await house.get(next, hung);
    expect(rest.text.split('Where the stall stands').length - 1).toBe(1);
  });

  it('of somebody else’s dossier is not there', async () => {
    const id = await stall({}, LAN);
    const { status, text } = await uses(id);
    expect({ status, tells: text.includes('Land register') }).toEqual({ status: 404, tells: false });
  });

  it('with a cursor that was made up is refused', async () => {
    const id = await stall();
    for (const path of [`/console/mine/${id}/uses?after=x`, '/console/uses?after=x'])
      expect((await house.get(path, NGOC)).status).toBe(400);
  });

  it('goes on to earlier openings', async () => {
    const id = await stall({}, LAN);
    const token = await house.api.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    for (let day = 0; day < 26; day += 1) {
      await house.api.send('GET', `/dossiers/${id}`, { token });
      await house.api.stage.passUntil(house.api.stage.now + DAY);
    }
    const first = await uses(id, LAN);
    const [, next = ''] = /href="(\/console\/mine\/[^"]+after=[^"]+)"/.exec(first.text) ?? [];
    const rest = await house.get(next.replaceAll('&amp;', '&'), LAN);
    expect([first, rest].map(({ text }) => text.split('case officer').length - 1)).toEqual([25, 1]);
    const over = await house.get('/console/uses', LAN);
    expect(over.text.split('case officer').length - 1).toBe(5);
    expect(over.text).toContain('All openings of');
  });
});
