import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { usesOf } from '../../../domain/dossier/uses.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { Connectors } from '../../../domain/ports/connectors.ts';
import { keeperConnectors } from '../../../embedded/samples/number-keepers.ts';
import { REGISTER_CLIENT } from '../../../embedded/samples/registers.ts';
import { spawnAgencySystems } from '../../../embedded/samples/sample-process.ts';
import { loadSampleOrganisation, loadScenarios } from '../../../embedded/scenarios/load-scenarios.ts';
import { Performer } from '../../../embedded/scenarios/perform-step.ts';
import { openScenarioHouse, type ScenarioHouse, StageMachine } from '../../../embedded/scenarios/stage-machine.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { numberDrafted } from '../../../functions/issues/kept-number.ts';
import { secretOf } from '../../../functions/runtime/dossier-cache.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import type { Unit } from '../../../schemas/organisation.ts';
import { keeperAnswering } from '../../builders/keeper-answering.ts';

const KEEPER = 'civil-status-numbers';
const KEPT = [{ register: 'ttv', keeper: KEEPER, from: 2026 }];
const organisation = loadSampleOrganisation();
const path = fileURLToPath(new URL('../../../workflows/procedures/library-card.yaml', import.meta.url));
const loading = loadScenarios(path, 'library-card.yaml');
let house: ScenarioHouse;
let stage: StageMachine;

beforeAll(async () => {
  if (!loading.ok) throw new Error('expected the library card');
  const units = organisation.units.map((unit) => (unit.id === 'thu-lam' ? { ...unit, registers: KEPT } : unit));
  house = await openScenarioHouse({ ...organisation, units }, [loading.procedure]);
});
beforeEach(async () => {
  stage = await StageMachine.open(house, Date.parse('2026-11-23T03:00:00Z'));
});
afterEach(() => stage.close());
afterAll(() => {
  house.close();
});

const platform = () => stage.machine.platform;
const catalogue = () => stage.machine.catalogue;

/** The first story: after four steps all but the clerk have done their work, his is the fifth. */
async function tell(steps = 5): Promise<{ id: string; performer: Performer }> {
  const [story] = loading.ok ? loading.stories : [];
  if (!story) throw new Error('expected a story');
  const performer = new Performer(stage, story, organisation);
  await performer.submit({});
  await stage.settle();
  for (const step of story.do.filter(({ kind }) => kind !== 'expect').slice(0, steps)) {
    expect(await performer.perform(step)).toEqual({ ok: true });
    await stage.settle();
  }
  return { id: performer.dossier ?? '', performer };
}

const events = async (id: string) =>
  (await platform().store.events(id)).map(({ event }) => event as unknown as DossierEvent);
const typesAfter = async (id: string, first: string) => {
  const types = (await events(id)).map(({ type }) => type);
  return types.slice(types.indexOf(first as DossierEvent['type']));
};
const count = async (id: string, type: string) => (await events(id)).filter((event) => event.type === type).length;

async function loaded(id: string) {
  const found = await platform().cache.load(id, platform().store, platform().masterKey);
  if (!found) throw new Error(`expected dossier ${id}`);
  return found;
}
const dossier = async (id: string) => (await loaded(id)).dossier;

async function resume(performer: Performer): Promise<void> {
  expect(await performer.perform({ kind: 'resume', step: { resume: true } })).toEqual({ ok: true });
  await stage.settle();
}

/** Dong Anh takes over from Thu Lam. */
async function reorganised(performer: Performer): Promise<void> {
  const at = new Date(stage.now + 60_000).toISOString();
  const moves = [{ from: 'thu-lam', to: ['dong-anh'] }];
  const reorganise = { id: 'thu-lam-to-dong-anh', at, legalBasis: 'a test', moves };
  expect(await performer.perform({ kind: 'reorganise', step: { reorganise } })).toEqual({ ok: true });
  await stage.passUntil(stage.now + 120_000);
}

/** The signature that is open, by whoever has to give it now. */
async function nextSigns(id: string): Promise<void> {
  const story = loading.ok ? loading.stories[0] : undefined;
  const step = story?.do.filter(({ kind }) => kind !== 'expect')[4];
  if (!story || !step) throw new Error('expected the clerk');
  const signer = new Performer(stage, story, organisation);
  signer.dossier = id;
  expect(await signer.perform(step)).toEqual({ ok: true });
}

async function put(change: Partial<Unit>): Promise<void> {
  const { registry } = platform();
  const known = await registry.get('unit', 'thu-lam');
  if (!known) throw new Error('expected the unit');
  await registry.put('unit', 'thu-lam', { ...known.record, ...change }, known.revision);
}

describe('a number that another system gives', () => {
  it('is asked for once the persons have signed, before the organisation does; the record says so before the request goes out', async () => {
    let before: string[] = [];
    keeperAnswering(platform(), async (asked, own) => {
      before = (await events(asked.key.split('.')[0] ?? '')).map(({ type }) => type).slice(-2);
      return own(asked);
    });
    const { id } = await tell();
    expect(before).toEqual(['TaskDecided', 'NumberAsked']);
    expect((await typesAfter(id, 'NumberAsked')).slice(0, 3)).toEqual(['NumberAsked', 'NumberTaken', 'IssueSealed']);
    const told = await events(id);
    const taken = told.find(({ type, data }) => type === 'NumberTaken' && 'keeper' in data);
    expect(taken?.data).toMatchObject({
      register: 'ttv',
      unit: 'thu-lam',
      year: 2026,
      number: 1,
      text: '01/TTV-UBND',
      keeper: { system: KEEPER, request: `${id}.card.1`, at: new Date(stage.now).toISOString() },
    });
    expect(usesOf(told)).toContainEqual(expect.objectContaining({ kind: 'system', system: KEEPER, outcome: 'done' }));
  });

  it('tells the keeper what its connector names, no more; a name lies in the secret alone', async () => {
    let sent: object = {};
    keeperAnswering(platform(), (asked, own) => {
      sent = asked.send;
      return own(asked);
    });
    const { id } = await tell();
    const { code } = await dossier(id);
    expect(sent).toEqual({
      register: 'ttv',
      unit: 'H26.15',
      year: 2026,
      dossier: code,
      holder: 'Trần Thị Bích Ngọc',
      purpose: 'number of Thẻ thư viện',
    });
    const asked = (await events(id)).find(({ type }) => type === 'NumberAsked');
    expect(asked?.data).toMatchObject({ tells: ['code', 'holder', 'purpose', 'register', 'unit', 'year'] });
    expect(JSON.stringify(asked)).not.toContain('Ngọc');
    expect(secretOf(await loaded(id), asked?.seq ?? 0)).toMatchObject({ send: sent });
  });

  it('is one, and the same, where the answer was lost after it was given', async () => {
    const keys: string[] = [];
    keeperAnswering(platform(), async (asked, own) => {
      const given = await own(asked);
      keys.push(asked.key);
      return keys.length === 1 ? { kind: 'failed', why: 'slow', detail: 'no answer within 3000 ms' } : given;
    });
    const { id } = await tell();
    await stage.passUntil(stage.now + 60_000);
    expect(new Set(keys)).toEqual(new Set([`${id}.card.1`]));
    expect((await dossier(id)).issues['card']?.number?.number).toBe(1);
    expect(stage.world.keepers.given).toBe(1);
    expect(await count(id, 'NumberNotGiven')).toBe(1);
  });

  it('is one where the process died between the answer and the record', async () => {
    let died = 0;
    keeperAnswering(platform(), async (asked, own) => {
      await own(asked);
      died += 1;
      throw new Error('the process ends here');
    });
    const { id } = await tell();
    expect(died).toBe(1);
    expect((await typesAfter(id, 'NumberAsked')).slice(1)).toEqual([]);
    await stage.crash();
    await stage.passUntil(stage.now + 60_000);
    expect(await dossier(id)).toMatchObject({ status: 'closed', issues: { card: { number: { number: 1 }, copy: 1 } } });
    expect(stage.world.keepers.given).toBe(1);
  });

  it('is taken once where two processes were answered at the same time', async () => {
    const { id } = await tell(4);
    keeperAnswering(platform(), () => Promise.reject(new Error('not now')));
    await nextSigns(id);
    platform().connectors = stage.world.connectors;
    const work = { dossier: id, issue: 'card' };
    await Promise.all([1, 2, 3].map(() => numberDrafted(platform(), catalogue(), work, () => true)));
    expect(await count(id, 'NumberAsked')).toBe(1);
    expect((await events(id)).filter(({ type, data }) => type === 'NumberTaken' && 'keeper' in data)).toHaveLength(1);
  });

  it('is asked again within ten minutes however long the keeper was away, and a lost run changes nothing', async () => {
    stage.world.keepers.setState(KEEPER, 'down');
    const { id } = await tell();
    await stage.passUntil(stage.now + 3 * 86_400_000);
    expect(await dossier(id)).toMatchObject({ parked: null, issues: { card: { number: null, sealed: null } } });
    expect(await count(id, 'NumberNotGiven')).toBe(1);
    stage.world.keepers.setState(KEEPER, 'up');
    await stage.passUntil(stage.now + 600_000);
    expect(await dossier(id)).toMatchObject({ status: 'closed', issues: { card: { number: { number: 1 } } } });
  });

  it('waits while its connector is suspended', async () => {
    keeperAnswering(platform(), async () => ({ kind: 'failed', why: 'not-ready', detail: 'it is not connected' }));
    const { id } = await tell();
    const said = (await events(id)).find(({ type }) => type === 'NumberNotGiven');
    expect(said?.data).toMatchObject({ why: 'not-ready', request: `${id}.card.1` });
    expect((await dossier(id)).parked).toBeNull();
  });

  it('is not used where another paper of that register and year has it, and no other is made up', async () => {
    const first = await tell();
    expect((await dossier(first.id)).issues['card']?.number?.number).toBe(1);
    let number = 1;
    keeperAnswering(platform(), async () => ({ kind: 'given', number, year: 2026, at: stage.now }));
    const { id, performer } = await tell();
    expect((await dossier(id)).parked).toMatchObject({
      error: 'NumberWithheld',
      cause: `register ttv of thu-lam: its keeper ${KEEPER} gave a number that another paper here has, it is not used; resumed, it is asked again (1 of 2026)`,
    });
    await resume(performer);
    expect(await dossier(id)).toMatchObject({
      parked: { error: 'NumberWithheld' },
      issues: { card: { sealed: null } },
    });
    expect(await count(id, 'NumberNotGiven')).toBe(1);
    number = 2;
    await resume(performer);
    expect(await dossier(id)).toMatchObject({ status: 'closed', issues: { card: { copy: 1, number: { number: 2 } } } });
    expect(await count(id, 'IssueSigned')).toBe(1);
  });

  it('is not used where our own register gave it before the keeper did', async () => {
    await put({ registers: [] });
    await tell();
    await put({ registers: KEPT });
    const { id } = await tell();
    expect((await dossier(id)).parked?.cause).toContain('(1 of 2026)');
  });

  it('is of no keeper where nobody keeps it any more; our own number is none that the keeper gave', async () => {
    await tell();
    await put({ registers: [{ register: 'ttv', keeper: KEEPER, from: 2025, until: 2025 }] });
    const { id } = await tell();
    expect((await dossier(id)).parked?.cause).toBe(
      'register ttv of thu-lam: our next number 1 of 2026 was given by the system that kept it before',
    );
    await stage.passUntil(Date.parse('2027-01-04T03:00:00Z'));
    const next = await tell();
    const { number } = (await dossier(next.id)).issues['card'] ?? {};
    expect(number).toMatchObject({ year: 2027, number: 1 });
  });

  it('is asked of nobody where the keeper has no connector that gives numbers: the dossier is parked, and says which is expected', async () => {
    await put({ registers: [{ register: 'ttv', keeper: 'nobody', from: 2026 }] });
    const { id, performer } = await tell();
    expect((await dossier(id)).parked).toMatchObject({
      error: 'NumberWithheld',
      cause: 'register ttv of thu-lam: expected a connector nobody that gives numbers, there is none',
    });
    await put({ registers: KEPT });
    await resume(performer);
    expect(await dossier(id)).toMatchObject({ status: 'closed' });
  });

  it('may be of the year that has begun since it was asked for, and of no other', async () => {
    stage.world.keepers.setState(KEEPER, 'down');
    const { id, performer } = await tell();
    await stage.passUntil(Date.parse('2027-01-04T03:00:00Z'));
    keeperAnswering(platform(), async () => ({ kind: 'given', number: 5, year: 2028, at: stage.now }));
    await stage.passUntil(stage.now + 600_000);
    expect((await dossier(id)).parked?.cause).toContain('expected a number of 2026, got one of 2028');
    keeperAnswering(platform(), async () => ({ kind: 'given', number: 5, year: 2027, at: stage.now }));
    await resume(performer);
    expect((await dossier(id)).issues['card']?.number).toMatchObject({ year: 2027, number: 5 });
    expect(replayEvents(await platform().store.events(id)).ok).toBe(true);
  });

  it('is heard and void where the paper was given up while it was on its way', async () => {
    stage.world.keepers.setState(KEEPER, 'down');
    const { id } = await tell();
    stage.world.keepers.setState(KEEPER, 'up');
    await numberDrafted(platform(), catalogue(), { dossier: id, issue: 'card' }, () => false);
    expect(await typesAfter(id, 'NumberNotGiven')).toEqual(['NumberNotGiven', 'NumberTaken', 'NumberVoided']);
    expect((await dossier(id)).issues['card']).toMatchObject({ number: null, sealed: null });
    expect(replayEvents(await platform().store.events(id)).ok).toBe(true);
  });

  it('is of the register of the unit that took over, if nobody was asked before', async () => {
    const { id, performer } = await tell(4);
    await reorganised(performer);
    // Who took over has its own chairperson sign, and then its clerk.
    for (const _ of ['chairperson', 'clerk']) {
      await nextSigns(id);
      await stage.settle();
    }
    expect((await dossier(id)).issues['card']).toMatchObject({ number: { unit: 'dong-anh', number: 1 }, copy: 2 });
    expect(await count(id, 'NumberAsked')).toBe(0);
  });

  it('is heard and void where the unit passes to another meanwhile, which signs and numbers a copy of its own', async () => {
    stage.world.keepers.setState(KEEPER, 'down');
    const { id, performer } = await tell();
    await reorganised(performer);
    stage.world.keepers.setState(KEEPER, 'up');
    await stage.passUntil(stage.now + 600_000);
    expect((await events(id)).slice(-3)).toMatchObject([
      { type: 'NumberTaken', data: { unit: 'thu-lam', copy: 1, keeper: { system: KEEPER } } },
      { type: 'NumberVoided', data: { unit: 'thu-lam', number: 1, reason: 'not-issued' } },
      { type: 'KeeperTold', data: { unit: 'thu-lam', number: 1, why: 'not-issued', request: `${id}.card.1.void` } },
    ]);
    expect((await dossier(id)).issues['card']).toMatchObject({ copy: 2, number: null, sealed: null });
    expect(replayEvents(await platform().store.events(id)).ok).toBe(true);
  });

  it('numbers a paper that no person signs too, which waits for it', async () => {
    await put({ registers: [{ register: 'gtn', keeper: KEEPER, from: 2026 }] });
    stage.world.keepers.setState(KEEPER, 'down');
    const { id } = await tell(1);
    expect(await dossier(id)).toMatchObject({ stage: 'verify', issues: { receipt: { number: null, sealed: null } } });
    stage.world.keepers.setState(KEEPER, 'up');
    await stage.passUntil(stage.now + 60_000);
    expect((await dossier(id)).issues['receipt']).toMatchObject({ number: { number: 1 }, sealed: expect.anything() });
  });

  it('stands in the evidence package with the system that gave it', async () => {
    const { id } = await tell();
    const zip = collectZip();
    const { pki } = stage.machine;
    const packed = await buildPackage(platform(), id, {
      archive: zip.archive,
      revocationLists: [pki.revocationList()],
    });
    if (!packed.ok) throw new Error(packed.refusal.detail);
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    expect(verdict).toMatchObject({ ok: true });
    const numbered = verdict.ok ? verdict.summary.results.flatMap((result) => result.numbered) : [];
    expect(numbered).toEqual([
      `number 01/TTV-UBND given by ${KEEPER} at ${new Date(stage.now).toISOString()}, request ${id}.card.1`,
    ]);
  });
});

describe('a keeper that is a process of its own', () => {
  it('gives one number for one paper, whether it is up, slow, down, lies, or is killed in the middle', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetrack-keeper-'));
    const spawn = () =>
      spawnAgencySystems({ dir, webhook: 'http://127.0.0.1:1', secret: 'whsec_c2VjcmV0', registerSecret: 'hidden' });
    let service = await spawn();
    const client = { clientId: REGISTER_CLIENT, clientSecret: 'hidden' };
    const overHttp = (): Connectors['number'] => {
      const { registers = '' } = service.said;
      const described = keeperConnectors(registers, client, 1_000);
      const describe = async (key: string) => described.find(({ id }) => id === key);
      return (asked) => createHttpConnectors({ systems: {}, describe, clock: platform().clock }).number(asked);
    };
    const set = (state: string) =>
      fetch(`${service.said['registers'] ?? ''}/keepers/${KEEPER}/state`, {
        method: 'PUT',
        body: JSON.stringify({ state }),
      });
    try {
      keeperAnswering(platform(), (asked) => overHttp()(asked));
      await set('slow');
      const { id, performer } = await tell();
      expect((await events(id)).at(-1)).toMatchObject({ type: 'NumberNotGiven', data: { why: 'slow' } });
      process.kill(service.pid, 'SIGKILL');
      await service.stop();
      await stage.passUntil(stage.now + 60_000);
      expect((await events(id)).at(-1)).toMatchObject({ type: 'NumberNotGiven', data: { why: 'down' } });
      service = await spawn();
      await set('lies');
      await stage.passUntil(stage.now + 600_000);
      expect((await dossier(id)).parked?.cause).toContain('/entry/request');
      await set('up');
      await resume(performer);
      expect(await dossier(id)).toMatchObject({
        status: 'closed',
        issues: { card: { copy: 1, number: { number: 1 } } },
      });
      const next = await tell();
      expect((await dossier(next.id)).issues['card']?.number?.number).toBe(2);
    } finally {
      await service.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  }, 120_000);
});
