import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { unzipSync } from 'fflate';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { checkDefinition, type CheckedRecord } from '../../../functions/evidence/check-record.ts';
import type { Opened } from '../../../functions/evidence/findings.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { hearSources } from '../../../functions/sources/ask-sources.ts';
import { secretOf } from '../../../functions/runtime/dossier-cache.ts';
import type { ChainedEvent, DossierEvent } from '../../../schemas/events.ts';
import { type Market, openMarket } from '../../builders/market.ts';

let market: Market;
let house: Market['house'];
let ngoc: string;
let officer: string;

beforeAll(async () => {
  market = await openMarket();
  ({ house, ngoc, officer } = market);
});
afterAll(() => house.close());

const platform = () => market.platform();
const catalogue = () => house.stage.machine.catalogue;
const handIn: Market['handIn'] = (...given) => market.handIn(...given);
const decide: Market['decide'] = (...given) => market.decide(...given);
const stall: Market['stall'] = (...given) => market.stall(...given);
const loaded: Market['loaded'] = (id) => market.loaded(id);
const dossier: Market['dossier'] = (id) => market.dossier(id);
const answering: Market['answering'] = (ask, work) => market.answering(ask, work);
const found: Market['found'] = (holder) => market.found(holder);
const types = async (id: string) => (await platform().store.events(id)).map(({ event }) => event.type);

async function licensed(token = ngoc): Promise<{ id: string; code: string }> {
  const id = await handIn('licence', { trade: 'fruit' }, {}, token);
  await house.stage.settle();
  await decide(await house.official('thu-lam-reception', 'reception'), `${id}.receive.1`, { outcome: 'accepted' });
  const { code, status } = await dossier(id);
  expect(status).toBe('closed');
  return { id, code: code ?? '' };
}

describe('a source that is asked', () => {
  it('stands in the record with purpose and law before the request goes out, the key in the secret alone', async () => {
    let before: string[] = [];
    let id = '';
    await answering(
      async ({ request }) => {
        before = await types(request.split('.')[0] ?? '');
        return found('Bình');
      },
      async () => {
        id = await stall({ parcel: '17-204' });
      },
    );
    expect(before).toEqual(['DossierSubmitted', 'SourceAsked']);
    const events = await platform().store.events(id);
    const asked = events.find(({ event }) => event.type === 'SourceAsked');
    expect(asked?.event.data).toEqual({
      document: 'place',
      request: `${id}.place.1`,
      from: { registry: 'land' },
      stage: 'receive',
      purpose: 'Where the stall stands',
      legalBasis: 'Market Act 3',
    });
    const { dossier: d, ...rest } = await loaded(id);
    expect(secretOf({ dossier: d, ...rest }, d.sources['place']?.seq ?? 0)).toMatchObject({ key: '17-204' });
    expect(JSON.stringify(events.map(({ event }) => event))).not.toMatch(/17-204|Bình/);
  });

  it('is asked again under the same id where the process died before it was answered', async () => {
    const requests: string[] = [];
    let id = '';
    await answering(
      async ({ request }) => {
        requests.push(request);
        if (requests.length === 1) throw new TaskRetryable('the process is gone');
        return found('Bình');
      },
      async () => {
        id = await handIn('stall', { parcel: '17-204' });
        await house.stage.settle();
        expect(await types(id)).toEqual(['DossierSubmitted', 'SourceAsked']);
        await house.stage.passUntil(house.stage.now + 600_000);
      },
    );
    expect(new Set(requests)).toEqual(new Set([`${id}.place.1`]));
    expect(await types(id)).toEqual(expect.arrayContaining(['SourceAnswered', 'StageEntered']));
    expect((await types(id)).filter((type) => type === 'SourceAsked')).toHaveLength(1);
  });

  it('keeps the first answer where two processes were answered', async () => {
    const holders = ['first', 'second'];
    let release = (): void => undefined;
    const both = new Promise<void>((resolve) => (release = resolve));
    let id = '';
    await answering(
      async () => {
        const holder = holders.shift() ?? 'none';
        if (holders.length === 0) release();
        await both;
        return found(holder);
      },
      async () => {
        id = await handIn('stall', { parcel: '17-204' });
        const other = (async () => {
          while ((await dossier(id)).sources['place'] === undefined) await new Promise((next) => setTimeout(next, 5));
          await hearSources(platform(), catalogue(), id, ['place']);
        })();
        await Promise.all([house.stage.settle(), other]);
      },
    );
    expect((await types(id)).filter((type) => type === 'SourceAnswered')).toHaveLength(1);
    expect((await dossier(id)).sources['place']).toMatchObject({ state: 'found', times: 1 });
  });

  it('is not asked where the form does not say by which key', async () => {
    const id = await stall({});
    expect((await dossier(id)).sources).toEqual({});
    expect(await dossier(id)).toMatchObject({ stage: 'verify' });
  });
});

it('what a source says tells a dossier apart in the lists, also where no fact reads it', async () => {
  await answering(
    async () => found('Bình'),
    async () => {
      const id = await handIn('pitch', { parcel: '17-204' });
      await house.stage.settle();
      const { body } = await house.send('GET', '/tasks?procedure=pitch', { token: officer });
      expect(body['items']).toMatchObject([{ dossier: id, label: 'Bình' }]);
    },
  );
});

describe('a result of our own', () => {
  it('is found by the code of its dossier, with what its procedure hands over', async () => {
    const { id: licence, code } = await licensed();
    const id = await stall({ parcel: '17-204', licence: code });
    const { dossier: d, ...rest } = await loaded(id);
    const { answer } = d.sources['licence'] ?? {};
    expect(d.sources['licence']).toMatchObject({ state: 'found', from: { result: 'licence' } });
    expect(answer).toMatchObject({
      how: 'own-record',
      result: { dossier: licence, code, validity: 'valid' },
      revises: true,
    });
    expect(secretOf({ dossier: d, ...rest }, d.secrets.facts)['facts']).toEqual({ sells: 'fruit' });
    expect(await decide(officer, `${id}.verify.1`, { outcome: 'valid' })).toBe(200);
    expect(await dossier(id)).toMatchObject({ result: 'granted' });
  });

  it.each([
    ['of somebody else', async () => (await licensed(await house.applicant('hung'))).code],
    ['that does not exist', async () => 'H26.15-261116-9999'],
  ])('%s is not found, the one like the other', async (_, codeOf) => {
    const id = await stall({ parcel: '17-204', licence: await codeOf() });
    expect((await dossier(id)).sources['licence']).toMatchObject({
      state: 'not-found',
      answer: { found: false, fields: [] },
    });
    expect(await decide(officer, `${id}.verify.1`, { outcome: 'valid' })).toBe(422);
  });

  it.each([
    ['was taken in for nobody and is asked for by whom an official identified', {}, { applicant: { subject: 'lan' } }],
    ['is of whom an official identified and is asked for by nobody', { applicant: { subject: 'lan' } }, {}],
    ['was taken in for nobody and is asked for by nobody', {}, {}],
  ])('that %s is not found, though one official took in both', async (_, first, second) => {
    const reception = await house.official('thu-lam-reception', 'reception');
    const licence = await handIn('licence', { trade: 'fruit' }, { channel: 'counter', ...first }, reception);
    await house.stage.settle();
    await decide(reception, `${licence}.receive.1`, { outcome: 'accepted' });
    const form = { parcel: '17-204', licence: (await dossier(licence)).code };
    const id = await handIn('stall', form, { channel: 'counter', ...second }, reception);
    await house.stage.settle();
    expect((await dossier(id)).sources['licence']).toMatchObject({ state: 'not-found', answer: { found: false } });
  });

  it('of whom an official identified is found for the same person', async () => {
    const reception = await house.official('thu-lam-reception', 'reception');
    const counter = { channel: 'counter', applicant: { subject: 'ngoc' } };
    const licence = await handIn('licence', { trade: 'fruit' }, counter, reception);
    await house.stage.settle();
    await decide(reception, `${licence}.receive.1`, { outcome: 'accepted' });
    const id = await stall({ parcel: '17-204', licence: (await dossier(licence)).code });
    expect((await dossier(id)).sources['licence']).toMatchObject({ state: 'found' });
  });

  it('that was refused is not found', async () => {
    const refused = await handIn('licence', { trade: 'fruit' });
    await house.stage.settle();
    const reception = await house.official('thu-lam-reception', 'reception');
    await decide(reception, `${refused}.receive.1`, { outcome: 'refused', comment: 'no' });
    const { reference } = await dossier(refused);
    const id = await stall({ parcel: '17-204', licence: reference });
    expect((await dossier(id)).sources['licence']).toMatchObject({ state: 'not-found' });
  });

  it('that was revoked is found and does not count', async () => {
    const { id: licence, code } = await licensed();
    const end = await house.send('POST', '/dossiers', {
      token: ngoc,
      body: { procedure: 'licence-end', unit: 'thu-lam', form: {}, about: licence },
    });
    await house.stage.settle();
    const reception = await house.official('thu-lam-reception', 'reception');
    await decide(reception, `${String(end.body['id'])}.receive.1`, { outcome: 'accepted' });
    const id = await stall({ parcel: '17-204', licence: code });
    expect((await dossier(id)).sources['licence']).toMatchObject({
      state: 'found',
      answer: { result: { validity: 'revoked' } },
    });
    expect(await decide(officer, `${id}.verify.1`, { outcome: 'valid' })).toBe(422);
    const missing = { outcome: 'incomplete', comment: 'another licence', missing: ['licence'] };
    expect(await decide(officer, `${id}.verify.1`, missing)).toBe(200);
  });

  it('whose time has passed is found and does not count', async () => {
    const { code } = await licensed();
    await house.stage.passUntil(Date.parse('2027-11-17T03:00:00Z'));
    const id = await stall({ parcel: '17-204', licence: code });
    expect((await dossier(id)).sources['licence']).toMatchObject({ answer: { result: { validity: 'expired' } } });
  });
});

describe('who sees it', () => {
  it('the applicant sees who was asked, for what and by which law, not what was answered', async () => {
    const id = await stall({ parcel: '17-204' });
    const { body } = await house.send('GET', `/dossiers/${id}/sources`, { token: ngoc });
    expect(body['items']).toEqual([
      {
        document: 'place',
        from: { registry: 'land' },
        request: `${id}.place.1`,
        purpose: 'Where the stall stands',
        legalBasis: 'Market Act 3',
        stage: 'receive',
        asked: expect.any(String) as string,
        state: 'found',
        answered: expect.any(String) as string,
        unavailable: null,
        fields: ['holder', 'address', 'use', 'area'],
        demanded: [],
      },
    ]);
  });

  it('an official of the dossier sees each value with where it is from', async () => {
    const id = await stall({ parcel: '17-204' });
    const { body } = await house.send('GET', `/dossiers/${id}/sources`, { token: officer });
    expect(body['items']).toMatchObject([
      {
        values: {
          area: {
            value: 96,
            from: { registry: 'land' },
            how: 'asked',
            level: 'authentic',
            asOf: '2026-11-01',
            at: expect.any(String) as string,
          },
        },
      },
    ]);
  });

  it('a demand of paper all the same stands there with its reason, and a refused one in the record', async () => {
    const id = await stall({ parcel: '17-204' });
    const demand = { outcome: 'incomplete', comment: 'bring it', missing: ['place'] };
    const refused = await house.send('POST', `/tasks/${id}.verify.1/decision`, { token: officer, body: demand });
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ at: '/insists/place' }] } });
    expect(await types(id)).toContain('DecisionRefused');
    expect(await decide(officer, `${id}.verify.1`, { ...demand, insists: { place: 'disputed' } })).toBe(200);
    const { body } = await house.send('GET', `/dossiers/${id}/sources`, { token: ngoc });
    expect(body['items']).toMatchObject([{ demanded: [{ by: 'thu-lam-officer-1', reason: 'disputed' }] }]);
  });
});

it('a source that could not be had says in the record what was wrong, for whoever has to mend it', async () => {
  const detail = 'our client certificate, or that there is none: TLS alert certificate_revoked';
  let id = '';
  await answering(
    async () => ({ kind: 'failed', why: 'refused', detail }),
    async () => {
      id = await stall({ parcel: '17-204' });
    },
  );
  const failed = (await platform().store.events(id)).find(({ event }) => event.type === 'SourceFailed');
  expect(failed?.event.data).toMatchObject({ why: 'refused', detail });
});

it('the evidence of a dossier with answered, failed and overridden sources holds offline', async () => {
  house.stage.world.registers.setState('land', 'down');
  const id = await stall({ parcel: '17-204' });
  house.stage.world.registers.setState('land', 'up');
  await house.stage.passUntil(house.stage.now + 3_600_000);
  const demand = { outcome: 'incomplete', comment: 'bring it', missing: ['place'], insists: { place: 'disputed' } };
  expect(await decide(officer, `${id}.verify.1`, demand)).toBe(200);
  expect(await types(id)).toEqual(expect.arrayContaining(['SourceFailed', 'SourceAnswered', 'PaperDemanded']));
  expect((await platform().store.head(id))?.gaps).toEqual({ unavailable: 1, demanded: 1 });
  const debt = await house.send('GET', '/paper-debt', { token: officer });
  const counted = (debt.body['procedures'] as { procedure: string; unavailable: number; demanded: number }[]).find(
    ({ procedure }) => procedure === 'stall',
  );
  expect(counted?.unavailable).toBeGreaterThanOrEqual(1);
  expect(counted?.demanded).toBeGreaterThanOrEqual(1);
  const { pki } = house.stage.machine;
  const zip = collectZip();
  await buildPackage(platform(), id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
  const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
  expect(verdict.ok ? [] : verdict.faults).toEqual([]);
});

describe('a record of sources', () => {
  it('is refused where a source was asked for another purpose than the procedure’s, or for what it does not ask', async () => {
    const id = await stall({ parcel: '17-204' });
    const zip = collectZip();
    const { pki } = house.stage.machine;
    await buildPackage(platform(), id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const files = new Map(Object.entries(unzipSync(zip.bytes())));
    const manifest = JSON.parse(Buffer.from(files.get('manifest.json') ?? []).toString('utf8')) as Opened['manifest'];
    const events = (await platform().store.events(id)).map(({ event }) => event) as unknown as DossierEvent[];
    const found = (changed: object): string[] => {
      const told: string[] = [];
      const findings = { add: (_place: string, code: string) => told.push(code) };
      const forged = events.map((event) =>
        event.type === 'SourceAsked' ? { ...event, data: { ...event.data, ...changed } } : event,
      );
      checkDefinition(
        { files, manifest, findings } as unknown as Opened,
        { events: forged } as unknown as CheckedRecord,
      );
      return told;
    };
    expect(found({})).toEqual([]);
    expect(found({ purpose: 'curiosity' })).toEqual(['illegal-event']);
    expect(found({ from: { registry: 'population' } })).toEqual(['illegal-event']);
    expect(found({ document: 'neighbour' })).toEqual(['illegal-event']);
  });

  it('is refused where a source answers unasked, twice, or for another, or who asks is not the platform', async () => {
    const id = await stall({ parcel: '17-204' });
    const demand = { outcome: 'incomplete', comment: 'bring it', missing: ['place'], insists: { place: 'disputed' } };
    await decide(officer, `${id}.verify.1`, demand);
    const stored = await platform().store.events(id);
    const verdict = (type: string, change: (all: ChainedEvent[], at: number) => unknown): string => {
      const all = structuredClone(stored.map(({ event, hash, jws }) => ({ event, hash, jws })));
      change(
        all,
        all.findIndex(({ event }) => event.type === type),
      );
      const replayed = replayEvents(all);
      return replayed.ok ? 'holds' : replayed.fault.expected;
    };
    const data = (type: string, changed: object): string =>
      verdict(type, (all, at) => Object.assign(all[at]?.event.data ?? {}, changed));
    expect(data('SourceAsked', {})).toBe('holds');
    expect(data('SourceAsked', { request: `${id}.place.2` })).toBe(`request ${id}.place.1`);
    expect(data('SourceAnswered', { request: `${id}.place.2` })).toBe('a request that was made and is not answered');
    expect(verdict('SourceAnswered', (all, at) => all.splice(at, 0, all[at] as ChainedEvent))).toBe(
      'a request that was made and is not answered',
    );
    expect(data('SourceAnswered', { how: 'own-record' })).toBe('register land');
    expect(data('SourceAnswered', { found: false })).toBe('a source that has it');
    const actor = { kind: 'official', id: 'thu-lam-chair', unit: 'thu-lam', role: 'chairperson', assurance: 'login' };
    expect(verdict('SourceAnswered', (all, at) => Object.assign(all[at]?.event ?? {}, { actor }))).toBe('the platform');
    const byPlatform = { actor: { kind: 'platform' } };
    expect(verdict('PaperDemanded', (all, at) => Object.assign(all[at]?.event ?? {}, byPlatform))).toBe(
      'an official with a task',
    );
  });
});
