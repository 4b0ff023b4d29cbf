import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { SourceAnswer } from '../../../domain/ports/connectors.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { type Market, openMarket } from '../../builders/market.ts';

// A register that was away when paper counted, and does not bear it out when it is back.

let market: Market;
let chair: string;
beforeAll(async () => {
  market = await openMarket();
  chair = await market.house.official('thu-lam-chair', 'chairperson', 'thu-lam');
});
afterAll(() => market.house.close());

const DAY = 86_400_000;
const REASON = 'Đất không phải của Bình (Market Act 5)';
type Plain = ChainedEvent['event'];

const nothing = (): SourceAnswer => ({
  kind: 'not-found',
  how: 'asked',
  level: 'authentic',
  at: market.house.stage.now,
  record: {},
});
const events = (id: string) => market.platform().store.events(id);
const types = async (id: string) => (await events(id)).map(({ event }) => event.type);
const get = async (path: string, token: string) => (await market.house.send('GET', path, { token })).body;
const valid = (id: string, stage: string) => market.decide(market.officer, `${id}.${stage}.1`, { outcome: 'valid' });
const documentOf = async (id: string, token = market.officer) =>
  ((await get(`/dossiers/${id}`, token))['documents'] as Record<string, unknown>[])[0];

/** Handed in while the register is away, led on by these stages; then the register answers. */
async function backAfter(
  stages: readonly string[],
  answer: () => SourceAnswer,
  { paper = true, last = 'valid' }: { paper?: boolean; last?: string } = {},
): Promise<string> {
  const { house, ngoc } = market;
  let isAway = true;
  let id = '';
  await market.answering(
    async () => (isAway ? { kind: 'failed', why: 'down' } : answer()),
    async () => {
      const documents = paper ? [{ component: 'place', upload: await house.upload(ngoc) }] : [];
      id = await market.handIn('booth', { parcel: '17-990' }, { documents });
      await house.stage.settle();
      for (const stage of stages) {
        const outcome = stage === stages.at(-1) ? last : 'valid';
        expect(await market.decide(market.officer, `${id}.${stage}.1`, { outcome, comment: 'by the paper' })).toBe(200);
      }
      isAway = false;
      await house.stage.passUntil(house.stage.now + DAY);
      await house.stage.settle();
    },
  );
  expect((await market.dossier(id)).sources['place']?.state).not.toBe('unavailable');
  return id;
}

it('is work of who heads the unit where it was granted by then, ended by what he found; what was decided stands', async () => {
  const id = await backAfter(['verify', 'check'], () => market.found('Lan'));
  const task = `${id}.contradiction.1`;
  const last = (await events(id)).at(-1)?.event;
  expect(last).toMatchObject({
    type: 'PaperContradicted',
    data: {
      document: 'place',
      request: `${id}.place.1`,
      why: 'rule',
      rules: [{ at: 'verify', legalBasis: 'Market Act 5' }],
    },
  });
  expect(JSON.stringify(last)).not.toMatch(/Lan|17-990/);
  expect(await market.platform().store.task(task)).toMatchObject({
    unit: 'thu-lam',
    role: 'chairperson',
    status: 'open',
  });
  const contradicted = { why: 'rule', at: last?.at, reasons: [REASON] };
  expect((await get(`/tasks/${task}`, chair))['contradiction']).toEqual({ document: 'place', ...contradicted });
  expect((await get(`/dossiers/${id}/sources`, chair))['items']).toMatchObject([{ state: 'found', contradicted }]);
  expect(await documentOf(id)).toMatchObject({ component: 'place', contradicted });
  expect(await market.decide(market.officer, task, { outcome: 'examined', comment: 'x' })).toBe(403);
  expect(await market.decide(chair, task, { outcome: 'examined', comment: ' ' })).toBe(422);
  expect(await market.decide(chair, task, { outcome: 'examined', comment: 'The grant is to be revoked' })).toBe(200);
  expect(await market.decide(chair, task, { outcome: 'examined', comment: 'again' })).toBe(409);
  expect(await market.dossier(id)).toMatchObject({
    status: 'closed',
    result: 'granted',
    tasks: { [task]: { decided: { outcome: 'examined', by: { id: 'thu-lam-chair' } } } },
  });
  const stored = await events(id);
  expect(JSON.stringify(stored)).not.toContain('revoked');
  expect(replayEvents(stored)).toMatchObject({ ok: true });
});

it('that has no such record is told alike', async () => {
  const id = await backAfter(['verify', 'check'], nothing);
  expect((await events(id)).at(-1)?.event).toMatchObject({ data: { why: 'not-found', rules: [] } });
  expect(await documentOf(id)).toMatchObject({ contradicted: { why: 'not-found', reasons: [] } });
  expect(await market.platform().store.task(`${id}.contradiction.1`)).toMatchObject({ status: 'open' });
  expect(replayEvents(await events(id))).toMatchObject({ ok: true });
});

it('stands beside the document for whoever acts next while the dossier is open, and opens no work', async () => {
  const id = await backAfter(['verify'], () => market.found('Lan'));
  expect(await types(id)).toContain('PaperContradicted');
  expect(await documentOf(id)).toMatchObject({ contradicted: { why: 'rule', reasons: [REASON] } });
  expect(await market.platform().store.task(`${id}.contradiction.1`)).toBeUndefined();
  expect(await market.dossier(id)).toMatchObject({ stage: 'check' });
  expect(await valid(id, 'check')).toBe(200);
  expect(replayEvents(await events(id))).toMatchObject({ ok: true });
});

it.each<[string, () => Promise<string>]>([
  ['bears the paper out', () => backAfter(['verify', 'check'], () => market.found('Bình'))],
  ['is back before any paper', () => backAfter([], nothing, { paper: false })],
])('says nothing where it %s', async (_, story) => {
  const id = await story();
  expect(await types(id)).toContain('SourceAnswered');
  expect(await types(id)).not.toContain('PaperContradicted');
});

it('opens no work where nothing was granted on the paper', async () => {
  const id = await backAfter(['verify', 'check'], () => market.found('Lan'), { last: 'invalid' });
  expect(await market.dossier(id)).toMatchObject({ result: 'stopped' });
  expect((await events(id)).at(-1)?.event).toMatchObject({ type: 'PaperContradicted' });
  expect((await events(id)).at(-1)?.event.data).not.toHaveProperty('work');
  expect(replayEvents(await events(id))).toMatchObject({ ok: true });
});

describe('a forged record', () => {
  let stored: readonly ChainedEvent[];
  beforeAll(async () => {
    const id = await backAfter(['verify', 'check'], () => market.found('Lan'));
    await market.decide(chair, `${id}.contradiction.1`, { outcome: 'examined', comment: 'seen' });
    stored = await events(id);
    expect(replayEvents(stored)).toMatchObject({ ok: true });
  });
  const change = (data: object) => (event: Plain) => ({ ...event, data: { ...event.data, ...data } });
  const opening = (more: object) => (event: Plain) => {
    const work = event.data['work'] as { visit: number; opening: object };
    return change({ work: { ...work, opening: { ...work.opening, ...more } } })(event);
  };
  it.each<[string, 'PaperContradicted' | 'ContradictionExamined', (event: Plain) => Plain]>([
    ['says that the register has nothing, which it has', 'PaperContradicted', change({ why: 'not-found', rules: [] })],
    ['names no ground', 'PaperContradicted', change({ rules: [] })],
    ['is of another request', 'PaperContradicted', change({ request: 'other' })],
    ['is of another document', 'PaperContradicted', change({ document: 'licence' })],
    ['opens no work', 'PaperContradicted', change({ work: undefined })],
    ['opens it with other outcomes', 'PaperContradicted', opening({ outcomes: ['valid'] })],
    ['opens it for nobody', 'PaperContradicted', opening({ unit: null })],
    [
      'lets an official contradict',
      'PaperContradicted',
      (event) => ({ ...event, actor: { kind: 'agency', system: 'x' } }),
    ],
    ['lets the platform examine', 'ContradictionExamined', (event) => ({ ...event, actor: { kind: 'platform' } })],
    ['examines another document', 'ContradictionExamined', change({ document: 'licence' })],
    ['examines by another task', 'ContradictionExamined', change({ task: 'none' })],
  ])('is found where it %s', (_, type, forge) => {
    const forged = stored.map((each) => (each.event.type === type ? { ...each, event: forge(each.event) } : each));
    expect(replayEvents(forged)).toMatchObject({ ok: false });
  });

  it('is found where it contradicts twice', () => {
    const twice = stored.flatMap((each) => (each.event.type === 'PaperContradicted' ? [each, each] : [each]));
    const numbered = twice.map((each, index) => ({ ...each, event: { ...each.event, seq: index + 1 } }));
    expect(replayEvents(numbered)).toMatchObject({ ok: false });
  });
});
