import type { Question, SourceAnswer } from '../../../domain/ports/connectors.ts';
import { sampleConnectors } from '../../../embedded/samples/registers.ts';
import {
  answeredWithin,
  inForceFor,
  MOST_ASKS,
  ownDetailsOf,
  unchangedIn,
} from '../../../functions/sources/own-details.ts';
import { applicantKeyOf } from '../../../functions/dossiers/submit.ts';
import { ApiHouse, FORM } from '../../builders/api-house.ts';

const HOUR = 3_600_000;
const NUMBER = '001195003366';
const NAME = { at: '/applicant/name', value: 'Trần Thị Mai' };
const MAI_SAID = {
  name: 'Trần Thị Mai',
  birthDate: '1995-03-17',
  address: 'Thôn Hậu Dưỡng, xã Thư Lâm, Hà Nội',
};

let house: ApiHouse;
let asked: Question[];
let drafts = 0;
beforeEach(async () => {
  house = await ApiHouse.open();
  const { platform } = house.stage.machine;
  const [population] = sampleConnectors('http://registers.example');
  await platform.registry.put('connector', 'population', population!, 0);
  asked = [];
  const ask = platform.connectors.ask.bind(platform.connectors);
  platform.connectors.ask = (question) => {
    asked.push(question);
    return ask(question);
  };
});
afterEach(() => house.close());

const mai = (personalId: string | undefined = NUMBER, subject = 'mai'): Promise<string> =>
  house.issuer.issueToken({ subject, ...(personalId !== '' && { personalId }) });
const registers = () => house.stage.world.registers;

async function begun(token: string, more: object = {}): Promise<string> {
  const id = `draft-of-somebody-${(drafts += 1)}`;
  const body = { procedure: 'library-card', version: '1.0.0', follows: 0, ...more };
  expect((await house.send('PUT', `/drafts/${id}`, { token, body })).status).toBe(200);
  return id;
}
const take = (token: string, id: string, group = '/applicant') =>
  house.send('POST', `/drafts/${id}/own-details`, { token, body: { group } });
const given = async (token: string, id: string) =>
  (await house.send('GET', `/drafts/${id}/own-details`, { token })).body['items'] as { at: string; value: unknown }[];
const asks = async (token: string) =>
  (await house.send('GET', '/uses/own', { token })).body['items'] as Record<string, unknown>[];
async function handIn(token: string, applicant: object, draft?: string): Promise<string> {
  const form = { ...FORM, applicant };
  const portrait = await house.upload(token);
  const body = {
    procedure: 'library-card',
    unit: 'thu-lam',
    form,
    documents: [{ component: 'portrait', upload: portrait }],
    ...(draft && { draft }),
  };
  const answer = await house.send('POST', '/dossiers', { token, body });
  expect(answer.status).toBe(201);
  return String(answer.body['id']);
}
const recorded = async (id: string) => {
  const [first] = await house.stage.machine.platform.store.events(id);
  return first!.event.data['prefilled'] as { fields: { at: string }[] }[] | undefined;
};

describe('what a register holds of whoever is logged in', () => {
  it('is not asked for where the login proves no number, whatever the form says', async () => {
    const token = await mai('');
    const id = await begun(token, { entered: { '/applicant/idNumber': NUMBER } });
    expect((await take(token, id)).status).toBe(403);
    const { body } = await house.send('GET', '/procedures/library-card/own-details', { token });
    expect(body['items']).toEqual([]);
    expect(asked).toEqual([]);
    expect(await asks(token)).toEqual([]);
  });

  it('is not asked for of a part that names no register, of another one’s draft, of an answer, of none', async () => {
    const token = await mai();
    const id = await begun(token);
    expect((await take(token, id, '/note')).status).toBe(422);
    expect((await take(token, id, 'applicant')).status).toBe(400);
    expect((await take(token, 'draft-of-nobody-1234')).status).toBe(404);
    expect((await take(await mai('001188001199', 'duc'), id)).status).toBe(404);
    expect(asked).toEqual([]);
  });

  it('is not offered by a register that is not ready, or not asked by a person’s own number', async () => {
    const { registry } = house.stage.machine.platform;
    const token = await mai();
    const offers = async () =>
      (await house.send('GET', '/procedures/library-card/own-details', { token })).body['items'] as unknown[];
    expect(await offers()).toEqual([
      {
        group: '/applicant',
        registers: [{ registry: 'population', name: 'Cơ sở dữ liệu quốc gia về dân cư', authority: 'Bộ Công an' }],
        fields: ['/applicant/name', '/applicant/birthDate', '/applicant/address'],
      },
    ]);
    const { record, revision } = (await registry.get('connector', 'population'))!;
    const { own: _, ...asking } = record.asking!;
    await registry.put('connector', 'population', { ...record, asking }, revision);
    expect(await offers()).toEqual([]);
    await registry.put('connector', 'population', { ...record, readiness: 'suspended' }, revision + 1);
    expect(await offers()).toEqual([]);
    expect((await house.send('GET', '/procedures/nothing/own-details', { token })).status).toBe(404);
  });

  it('is asked for by the number that the login proves, for the procedure and its law, and set down before', async () => {
    const token = await mai();
    const id = await begun(token);
    let before: unknown[] = [];
    const { platform } = house.stage.machine;
    const ask = platform.connectors.ask.bind(platform.connectors);
    platform.connectors.ask = async (question) => {
      before = (await platform.asks.list(applicantKeyOf(platform, 'mai'), { limit: 5 })).items;
      return ask(question);
    };
    const { status, body } = await take(token, id);
    expect(status).toBe(200);
    expect(before).toMatchObject([{ state: 'asked', registry: 'population', fields: [] }]);
    expect(body['asked']).toMatchObject([{ registry: 'population', state: 'found', unfit: [] }]);
    expect(body['items']).toMatchObject([
      { ...NAME, field: 'name', name: 'Cơ sở dữ liệu quốc gia về dân cư', asOf: '2026-11-01' },
      { at: '/applicant/birthDate', value: '1995-03-17' },
      { at: '/applicant/address', value: MAI_SAID.address, field: 'residence' },
    ]);
    expect(asked).toMatchObject([{ registry: 'population', key: NUMBER }]);
    expect(asked[0]!.purpose).toContain('thẻ');
    expect(asked[0]!.legalBasis).not.toBe('');
    const [told] = await asks(token);
    expect(told).toMatchObject({ state: 'found', procedure: 'library-card', authority: 'Bộ Công an' });
    expect(told!['fields']).toEqual(['name', 'birthDate', 'residence']);
    expect(JSON.stringify(told)).not.toMatch(/Mai|0011950|draft-of/);
  });

  it('is asked for once however often it is wanted within the hour, and again after it', async () => {
    const token = await mai();
    const id = await begun(token);
    for (let times = 0; times < 100; times += 1) expect((await take(token, id)).status).toBe(200);
    expect(asked).toHaveLength(1);
    await house.stage.passUntil(house.stage.now + HOUR);
    await take(token, id);
    expect(asked).toHaveLength(2);
  });

  it('is not asked for without end, whatever is begun and erased', async () => {
    const token = await mai();
    for (let times = 0; times < MOST_ASKS; times += 1) {
      const id = await begun(token);
      expect((await take(token, id)).status).toBe(200);
      await house.send('DELETE', `/drafts/${id}`, { token });
    }
    const refused = await take(token, await begun(token));
    expect(refused).toMatchObject({ status: 429, body: { type: 'urn:onetrack:problem:asked-too-often' } });
    expect(asked).toHaveLength(MOST_ASKS);
    await house.stage.passUntil(house.stage.now + HOUR);
    expect((await take(token, await begun(token))).status).toBe(200);
  });

  it.each([
    ['down', 'down'],
    ['slow', 'slow'],
    ['lies', 'unusable'],
  ] as const)(
    'is no failure where the register is %s: said, set down, nothing given, and tried again',
    async (state, why) => {
      const token = await mai();
      const id = await begun(token);
      registers().setState('population', state);
      const { status, body } = await take(token, id);
      expect(status).toBe(200);
      expect(body).toMatchObject({ asked: [{ state: 'unavailable', why }], items: [] });
      expect(await asks(token)).toMatchObject([{ state: 'unavailable', fields: [] }]);
      registers().setState('population', 'up');
      expect((await take(token, id)).body['items']).toMatchObject([NAME, {}, {}]);
    },
  );

  it('is nothing where the register knows nobody of that number', async () => {
    const token = await mai('001199009900');
    const id = await begun(token);
    expect((await take(token, id)).body).toMatchObject({ asked: [{ state: 'not-found' }], items: [] });
    expect(await asks(token)).toMatchObject([{ state: 'not-found' }]);
  });

  it('is given only in the form in which the question takes it', async () => {
    const { platform } = house.stage.machine;
    platform.connectors.ask = async () => ({
      kind: 'found',
      how: 'asked',
      level: 'authentic',
      at: platform.clock.now(),
      record: { name: 'x', birthDate: '1995', residence: 7, secret: 'of no use here' },
    });
    const token = await mai();
    const id = await begun(token);
    const { body } = await take(token, id);
    expect(body['items']).toEqual([]);
    const unfit = ['/applicant/name', '/applicant/birthDate', '/applicant/address'];
    expect(body['asked']).toMatchObject([{ state: 'found', unfit }]);
    expect((await asks(token))[0]!['fields']).toEqual(['name', 'birthDate', 'residence']);
  });

  it('goes with its draft; that it was asked stays', async () => {
    const token = await mai();
    const id = await begun(token);
    await take(token, id);
    expect(await given(token, id)).toHaveLength(3);
    await house.send('DELETE', `/drafts/${id}`, { token });
    expect((await house.send('GET', `/drafts/${id}/own-details`, { token })).status).toBe(404);
    const body = { procedure: 'library-card', version: '1.0.0', follows: 0 };
    await house.send('PUT', `/drafts/${id}`, { token, body });
    expect(await given(token, id)).toEqual([]);
    expect(await asks(token)).toHaveLength(1);
    expect(await asks(await mai('', 'duc'))).toEqual([]);
  });

  it('is not given to a login under the same name that proves another number', async () => {
    const token = await mai();
    const id = await begun(token);
    await take(token, id);
    const other = await mai('001188001199');
    expect(await given(other, id)).toEqual([]);
    expect(await given(await mai(''), id)).toEqual([]);
    const dossier = await handIn(other, MAI_SAID, id);
    expect(await recorded(dossier)).toBeUndefined();
  });
});

describe('what is handed in of it', () => {
  it('is recorded as the register’s where it is unchanged, and as the applicant’s own where it is not', async () => {
    const token = await mai();
    const id = await begun(token);
    await take(token, id);
    const dossier = await handIn(token, { ...MAI_SAID, address: 'Xã Đông Anh' }, id);
    const places = (await recorded(dossier))?.flatMap(({ fields }) => fields.map(({ at }) => at));
    expect(places).toEqual(['/applicant/name', '/applicant/birthDate']);
    expect(JSON.stringify(await recorded(dossier))).not.toMatch(/Mai|1995/);
    const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
    const { body } = await house.send('GET', `/dossiers/${dossier}`, { token: officer });
    expect(body['prefilled']).toMatchObject([
      { at: '/applicant/name', name: 'Cơ sở dữ liệu quốc gia về dân cư', field: 'name' },
      { at: '/applicant/birthDate' },
    ]);
    const { body: uses } = await house.send('GET', `/dossiers/${dossier}/uses`, { token });
    const own = (uses['items'] as { kind: string }[]).filter(({ kind }) => kind === 'own');
    expect(own).toMatchObject([{ registry: 'population', authority: 'Bộ Công an', fields: ['name', 'birthDate'] }]);
  });

  it('is nobody’s word but the applicant’s without a draft, by another one’s draft, or where it only was typed alike', async () => {
    const token = await mai();
    const id = await begun(token);
    await take(token, id);
    expect(await recorded(await handIn(token, MAI_SAID))).toBeUndefined();
    expect(await recorded(await handIn(await mai('001188001199', 'duc'), MAI_SAID, id))).toBeUndefined();
    expect(await recorded(await handIn(token, MAI_SAID, await begun(token)))).toBeUndefined();
  });

  it('is not recorded as asked for a procedure for which it was not', async () => {
    const token = await mai();
    const id = await begun(token);
    await take(token, id);
    const { platform, catalogue } = house.stage.machine;
    const own = { subject: 'mai', personalId: NUMBER, draft: id };
    const pinned = (await inForceFor(catalogue, 'library-card', platform.clock.now()))!;
    const form = { applicant: MAI_SAID };
    expect(await unchangedIn(platform, pinned, { ...own, form })).toHaveLength(1);
    const other = {
      ...pinned,
      record: { ...pinned.record, id: 'another' },
      procedure: { ...pinned.procedure, procedure: 'another', legalBasis: 'Another law' },
    };
    expect(await unchangedIn(platform, other, { ...own, form })).toEqual([]);
    expect(await ownDetailsOf(platform, other, own)).toEqual([]);
  });

  it('cannot be claimed by what is sent', async () => {
    const token = await mai();
    const body = { procedure: 'library-card', unit: 'thu-lam', form: FORM, documents: [], prefilled: [] };
    expect((await house.send('POST', '/dossiers', { token, body })).status).toBe(400);
  });
});

test('a register that answers too late for somebody who waits has not answered', async () => {
  const never = new Promise<SourceAnswer>(() => undefined);
  expect(await answeredWithin(never, 5)).toMatchObject({ kind: 'failed', why: 'slow' });
  const said: SourceAnswer = { kind: 'failed', why: 'down', detail: 'away' };
  expect(await answeredWithin(Promise.resolve(said), 60_000)).toBe(said);
  await expect(answeredWithin(Promise.reject(new Error('a defect')), 60_000)).rejects.toThrow('a defect');
});
