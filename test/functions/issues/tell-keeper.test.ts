import { fileURLToPath } from 'node:url';
import { accept } from '../../../domain/dossier/commands/decision.ts';
import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { Connectors, VoidAnswer } from '../../../domain/ports/connectors.ts';
import { loadSampleOrganisation, loadScenarios } from '../../../embedded/scenarios/load-scenarios.ts';
import { Performer } from '../../../embedded/scenarios/perform-step.ts';
import { openScenarioHouse, type ScenarioHouse, StageMachine } from '../../../embedded/scenarios/stage-machine.ts';
import { newCopy } from '../../../domain/dossier/commands/papers.ts';
import { tellKeeper } from '../../../functions/issues/tell-keeper.ts';
import { redeliver } from '../../../functions/relay/dead-letters.ts';
import { appendSurely } from '../../../functions/runtime/append.ts';
import type { DossierEvent, EventBody } from '../../../schemas/events.ts';
import type { Effect } from '../../../schemas/procedure/closed-sets.ts';

const KEEPER = 'civil-status-numbers';
const DAY_MS = 86_400_000;
const organisation = loadSampleOrganisation();
const path = fileURLToPath(new URL('../../../workflows/procedures/library-card.yaml', import.meta.url));
const loading = loadScenarios(path, 'library-card.yaml');
let house: ScenarioHouse;
let stage: StageMachine;
let id: string;

beforeAll(async () => {
  if (!loading.ok) throw new Error('expected the library card');
  const registers = [{ register: 'ttv', keeper: KEEPER, from: 2026 }];
  const units = organisation.units.map((unit) => (unit.id === 'thu-lam' ? { ...unit, registers } : unit));
  house = await openScenarioHouse({ ...organisation, units }, [loading.procedure]);
});
/** A card with a number of the keeper's. */
beforeEach(async () => {
  stage = await StageMachine.open(house, Date.parse('2026-11-23T03:00:00Z'));
  const [story] = loading.ok ? loading.stories : [];
  if (!story) throw new Error('expected a story');
  const performer = new Performer(stage, story, organisation);
  await performer.submit({});
  await stage.settle();
  for (const step of story.do.filter(({ kind }) => kind !== 'expect').slice(0, 5)) {
    expect(await performer.perform(step)).toEqual({ ok: true });
    await stage.settle();
  }
  id = performer.dossier ?? '';
  expect((await dossier()).issues['card']?.number).toMatchObject({ number: 1 });
});
afterEach(() => stage.close());
afterAll(() => {
  house.close();
});

const platform = () => stage.machine.platform;
const keepers = () => stage.world.keepers;

async function dossier() {
  const { cache, store, masterKey } = platform();
  const loaded = await cache.load(id, store, masterKey);
  if (!loaded) throw new Error('expected the dossier');
  return loaded.dossier;
}
const told = async () =>
  (await platform().store.events(id))
    .map(({ event }) => event as unknown as DossierEvent)
    .filter(({ type }) => type === 'KeeperTold' || type === 'KeeperNotTold')
    .map(({ type, data }) => [type, (data as { why: string }).why]);

/** A later result does this to the card. */
async function affect(effect: Effect, by = 'd0'.padEnd(27, '0')): Promise<void> {
  const paper = {
    issue: 'recall',
    copy: 1,
    number: '9/QĐ',
    document: 'a'.repeat(64),
    sealed: '2026-11-23T03:00:00.000Z',
  };
  const event: EventBody = { type: 'ResultAffected', data: { effect, issue: 'card', copy: 1, by, code: 'C-2', paper } };
  await appendSurely(platform(), id, () => ({ decision: accept(event), actor: { kind: 'platform' } }));
}

/** Who keeps the register answers so from now on, where it is told of void numbers. */
function answering(answer: (asked: Parameters<Connectors['voidNumber']>[0]) => Promise<VoidAnswer>): void {
  platform().connectors = { ...platform().connectors, voidNumber: answer };
}
const dead = async () => (await platform().store.outboxDead({ limit: 10 })).items;

describe('who gave a number', () => {
  it.each([
    ['revokes', 'revoked'],
    ['recalls', 'recalled'],
    ['replaces', 'replaced'],
  ] as const)('hears that it is void where a later result %s its paper', async (effect, why) => {
    await affect(effect);
    await stage.settle();
    expect(await told()).toEqual([['KeeperTold', why]]);
    expect([...keepers().void]).toEqual([[`${id}.card.1`, why]]);
    expect(replayEvents(await platform().store.events(id)).ok).toBe(true);
  });

  it.each(['corrects', 'extends', 'suspends'] as const)(
    'hears nothing where one %s it: the number stands',
    async (effect) => {
      await affect(effect);
      await stage.settle();
      expect(await told()).toEqual([]);
      expect(keepers().void.size).toBe(0);
    },
  );

  it('hears that another copy was made in place of its paper', async () => {
    await appendSurely(platform(), id, (now) => ({
      decision: accept(...newCopy(now.dossier, 'card').voided),
      actor: { kind: 'platform' },
    }));
    await stage.settle();
    expect(await told()).toEqual([['KeeperTold', 'replaced']]);
  });

  it('hears it once, whatever is done to the paper after that', async () => {
    await affect('revokes');
    await stage.settle();
    await affect('recalls', 'd1'.padEnd(27, '0'));
    await stage.settle();
    expect(await told()).toEqual([['KeeperTold', 'revoked']]);
  });

  it('is told which number, why and by which paper, and nothing of a person', async () => {
    let asked: object = {};
    answering(async (request) => {
      asked = request;
      return { kind: 'told' };
    });
    await affect('revokes');
    await stage.settle();
    const { code } = await dossier();
    expect(asked).toEqual({
      system: KEEPER,
      key: `${id}.card.1.void`,
      facts: {
        register: 'ttv',
        unit: 'H26.15',
        year: 2026,
        number: 1,
        text: '01/TTV-UBND',
        given: expect.stringMatching(/^2026-11-/) as unknown,
        why: 'revoked',
        date: '2026-11-23',
        by: '9/QĐ',
        procedure: expect.any(String) as unknown,
        issue: 'card',
        code,
        request: `${id}.card.1`,
      },
    });
  });

  it.each(['down', 'slow'] as const)('is told again while it is %s, and the record says so once', async (why) => {
    keepers().setState(KEEPER, why);
    await affect('revokes');
    await stage.passUntil(stage.now + 3_600_000);
    expect(await told()).toEqual([['KeeperNotTold', why]]);
    keepers().setState(KEEPER, 'up');
    await stage.passUntil(stage.now + DAY_MS);
    expect(await told()).toEqual([
      ['KeeperNotTold', why],
      ['KeeperTold', 'revoked'],
    ]);
    expect(replayEvents(await platform().store.events(id)).ok).toBe(true);
  });

  it('is told again after the process died between its answer and the record, under the same key', async () => {
    const keys: string[] = [];
    const { connectors } = platform();
    answering(async (request) => {
      keys.push(request.key);
      const answer = await connectors.voidNumber(request);
      if (keys.length === 1) throw new Error('killed');
      return answer;
    });
    await affect('revokes');
    await stage.passUntil(stage.now + 60_000);
    expect(keys).toEqual([`${id}.card.1.void`, `${id}.card.1.void`]);
    expect(await told()).toEqual([['KeeperTold', 'revoked']]);
    // A row that is dealt with twice tells nobody.
    const row = { id: 'x', group: 'x', kind: 'keeper', dossier: id, at: 0, attempts: 0 } as const;
    await tellKeeper(platform(), stage.machine.catalogue, { ...row, body: { request: `${id}.card.1` } });
    expect(keys).toHaveLength(2);
  });

  it('is given up after three days, which the record says, and told after all when somebody asks for it', async () => {
    keepers().setState(KEEPER, 'down');
    await affect('revokes');
    await stage.passUntil(stage.now + 5 * DAY_MS);
    expect(await told()).toEqual([
      ['KeeperNotTold', 'down'],
      ['KeeperNotTold', 'given-up'],
    ]);
    expect(await dead()).toMatchObject([{ kind: 'keeper', dossier: id }]);
    keepers().setState(KEEPER, 'up');
    expect(await redeliver(platform(), ({ kind }) => kind === 'keeper')).toBe(1);
    await stage.settle();
    expect((await told()).at(-1)).toEqual(['KeeperTold', 'revoked']);
    expect(await dead()).toEqual([]);
    expect(replayEvents(await platform().store.events(id)).ok).toBe(true);
  });

  it.each([
    ['refuses', 'refused'],
    ['lies', 'unusable'],
  ] as const)('is a dead letter at once where it %s', async (state, why) => {
    keepers().setState(KEEPER, state);
    await affect('revokes');
    await stage.settle();
    expect(await told()).toEqual([['KeeperNotTold', why]]);
    expect(await dead()).toMatchObject([{ kind: 'keeper', error: expect.stringContaining(KEEPER) as unknown }]);
    // Nothing else of the dossier waits for that.
    expect((await dossier()).parked).toBeNull();
  });

  it('is not told where its connector does not say how: a dead letter, which is told once the connector does', async () => {
    answering(async () => ({ kind: 'not-described' }));
    await affect('revokes');
    await stage.settle();
    expect(await told()).toEqual([['KeeperNotTold', 'not-described']]);
    expect(await dead()).toMatchObject([
      { kind: 'keeper', error: expect.stringContaining('its connector has no numbering.void') as unknown },
    ]);
    expect((await dossier()).parked).toBeNull();
    // Taken up too early it is one again, and the record says it once.
    expect(await redeliver(platform(), ({ kind }) => kind === 'keeper')).toBe(1);
    await stage.settle();
    expect(await told()).toEqual([['KeeperNotTold', 'not-described']]);
    expect(await dead()).toHaveLength(1);
    answering(async () => ({ kind: 'told' }));
    expect(await redeliver(platform(), ({ kind }) => kind === 'keeper')).toBe(1);
    await stage.settle();
    expect((await told()).at(-1)?.[0]).toBe('KeeperTold');
    expect(await dead()).toEqual([]);
  });
});
