import { sampleConnectors } from '../../embedded/samples/registers.ts';
import {
  carriedBy,
  ConsoleHouse,
  type Fields,
  hidden,
  OFFICER,
  type Person,
  type Shown,
} from '../builders/console-house.ts';

const APPLY = '/console/apply/library-card';
const MAI: Person = { subject: 'mai', personalId: '001195003366' };
const UNKNOWN: Person = { subject: 'ngoc', personalId: '001199009900' };
const TAKE = 'value="own:/applicant"';
const REGISTER = 'Cơ sở dữ liệu quốc gia về dân cư';
const FROM = `From ${REGISTER}, Monday 16 November 2026`;
const PDF = new File(['%PDF-1.7\nsample portrait\n%%EOF\n'], 'portrait.pdf', { type: 'application/pdf' });

let house: ConsoleHouse;
beforeEach(async () => {
  house = await ConsoleHouse.open();
  const [population] = sampleConnectors('http://registers.example');
  await house.api.stage.machine.platform.registry.put('connector', 'population', population!, 0);
});
afterEach(() => house.close());

const press = (shown: Shown, step: string, typed: Fields = {}, person = MAI): Promise<Shown> =>
  house.post(APPLY, person, { ...carriedBy(shown), ...typed, step });
const reader = async (person = MAI): Promise<Shown> =>
  press(await house.get(APPLY, person), 'next', { unit: 'thu-lam' }, person);
const valueOf = ({ text }: Shown, name: string): string =>
  new RegExp(`name="${name}"[^>]*?value="([^"]*)"`).exec(text)?.[1] ?? '';
const times = ({ text }: Shown, said: string): number => text.split(said).length - 1;
const filled = (shown: Shown): Record<string, string> =>
  Object.fromEntries(
    ['name', 'birthDate.day', 'birthDate.year', 'address'].map((name) => [name, valueOf(shown, `/applicant/${name}`)]),
  );

describe('one’s own details, taken from a register', () => {
  it('are not offered to whom the login proves no number of, nor where no register is connected', async () => {
    expect((await reader({ subject: 'mai' })).text).not.toContain(TAKE);
    const other = await ConsoleHouse.open();
    const first = await other.get(APPLY, MAI);
    const next = await other.post(APPLY, MAI, { ...carriedBy(first), unit: 'thu-lam', step: 'next' });
    expect(next.text).not.toContain(TAKE);
    await other.close();
  });

  it('fill what is empty, marked with register and day, on the page and on the check, until they are changed', async () => {
    const page = await reader();
    expect(page.text).toContain(TAKE);
    expect(page.text).toContain(`These are my own details: take them from ${REGISTER}`);
    expect(page.text).not.toContain(FROM);
    const taken = await press(page, 'own:/applicant');
    expect(taken.status).toBe(200);
    expect(filled(taken)).toEqual({
      ...{ name: 'Trần Thị Mai', 'birthDate.day': '17', 'birthDate.year': '1995' },
      address: 'Thôn Hậu Dưỡng, xã Thư Lâm, Hà Nội',
    });
    expect(taken.text).toContain(`Taken from ${REGISTER}: Name, Date of birth, Residence.`);
    expect(times(taken, FROM)).toBe(3);
    const changed = await press(taken, 'go:99', { '/applicant/address': 'Xã Đông Anh' });
    const back = await press(changed, 'go:1');
    expect(times(back, FROM)).toBe(2);
  });

  it('leave what was typed as it is, and say so', async () => {
    const taken = await press(await reader(), 'own:/applicant', { '/applicant/name': 'Mai' });
    expect(filled(taken)['name']).toBe('Mai');
    expect(taken.text).toContain('Left as you typed it, although the register says something else: Name.');
    expect(times(taken, FROM)).toBe(2);
    const alike = await press(taken, 'own:/applicant', { '/applicant/name': 'Trần Thị Mai' });
    expect(alike.text).not.toContain('Left as you typed');
    expect(alike.text).toContain(`${REGISTER} has nothing more to fill in here.`);
    expect(times(alike, FROM)).toBe(3);
  });

  it.each(['down', 'slow', 'lies'] as const)(
    'are not there where the register is %s: said, and typing goes on',
    async (state) => {
      house.api.stage.world.registers.setState('population', state);
      const taken = await press(await reader(), 'own:/applicant', { '/applicant/name': 'Mai' });
      expect(taken.status).toBe(200);
      expect(taken.text).toContain(
        `${REGISTER} cannot be asked at the moment. Type your details; nothing that you entered is lost.`,
      );
      expect(filled(taken)).toMatchObject({ name: 'Mai', address: '' });
      expect(taken.text).toContain(TAKE);
    },
  );

  it('are not there where the register knows nobody', async () => {
    const taken = await press(await reader(UNKNOWN), 'own:/applicant', { '/applicant/name': 'Ngọc' }, UNKNOWN);
    expect(taken.text).toContain(`${REGISTER} knows nobody under the number with which you logged in.`);
    expect(filled(taken)).toMatchObject({ name: 'Ngọc', address: '' });
  });

  it('are not asked for where the draft cannot be kept, or was asked for too often', async () => {
    const { platform } = house.api.stage.machine;
    const { drafts, asks } = platform;
    const page = await reader();
    let asked = 0;
    platform.connectors.ask = async () => {
      asked += 1;
      return { kind: 'failed', why: 'down' };
    };
    const put = drafts.put.bind(drafts);
    drafts.put = async () => 'conflict';
    const kept = await press(page, 'own:/applicant', { '/applicant/name': 'Mai' });
    expect(kept.text).toContain('No register was asked, because this application cannot be saved.');
    expect(filled(kept)['name']).toBe('Mai');
    drafts.put = put;
    const known = Array.from({ length: 20 }, () => ({ at: platform.clock.now() }));
    asks.list = async () => ({ items: known as never });
    expect((await press(page, 'own:/applicant')).text).toContain('Registers were asked about you too often');
    expect(asked).toBe(0);
  });

  it('may be asked only of a part that the form gives to a register, whatever a page sends', async () => {
    const taken = await press(await reader(), 'own:/nothing', { '/applicant/name': 'Mai' });
    expect(taken.status).toBe(200);
    expect(filled(taken)).toMatchObject({ name: 'Mai', address: '' });
  });

  it('are found with the draft on another device', async () => {
    const taken = await press(await reader(), 'own:/applicant');
    const again = { ...MAI, office: null };
    const resumed = await house.get(`${APPLY}?draft=${hidden(taken, 'once')}`, again);
    expect(times(resumed, FROM)).toBe(3);
    expect(filled(resumed)['name']).toBe('Trần Thị Mai');
  });

  it('stand under who used my data though nothing is handed in; and handed in, they are the register’s before the official', async () => {
    const taken = await press(await reader(), 'own:/applicant');
    const uses = await house.get('/console/uses', MAI);
    for (const said of [
      'Asked at your own wish, while you filled in a form',
      REGISTER,
      'Bộ Công an',
      'It had a record',
    ])
      expect(uses.text).toContain(said);
    expect(uses.text).not.toContain('1995');
    const documents = await press(taken, 'next', { '/applicant/name': 'Trần Mai' });
    let shown = documents;
    for (let step = 0; step < 4 && !shown.text.includes('value="submit"'); step += 1)
      shown = await press(shown, 'next', shown.text.includes('type="file"') ? { 'file:portrait': PDF } : {});
    expect(times(shown, FROM)).toBe(2);
    const submitted = await press(shown, 'submit');
    expect(submitted.status).toBe(303);
    const [, id = ''] = /mine\/([^/]+)\//.exec(submitted.headers.get('location') ?? '') ?? [];
    await house.api.stage.settle();
    const used = await house.get(`/console/mine/${id}/uses`, MAI);
    expect(used.text).toContain('You asked for your own details to be put into the form');
    expect(used.text).not.toContain('Cấp thẻ thư viện');
    expect(times(await house.get(`/console/dossiers/${id}`, OFFICER), FROM)).toBe(2);
    expect(times(await house.get(`/console/mine/${id}`, MAI), FROM)).toBe(2);
  });
});
