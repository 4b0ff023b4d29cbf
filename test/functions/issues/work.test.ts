import { fileURLToPath } from 'node:url';
import { loadSampleOrganisation, loadScenarios } from '../../../embedded/scenarios/load-scenarios.ts';
import { Performer } from '../../../embedded/scenarios/perform-step.ts';
import { openScenarioHouse, type ScenarioHouse, StageMachine } from '../../../embedded/scenarios/stage-machine.ts';
import { TaskTerminal } from '../../../domain/failures.ts';
import { doWork } from '../../../functions/issues/work.ts';
import { redeliver } from '../../../functions/relay/dead-letters.ts';
import { dealWith } from '../../../functions/relay/relay.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import { decide } from '../../../functions/tasks/decide.ts';
import type { OutboxRow } from '../../../domain/ports/dossier-store.ts';

const organisation = loadSampleOrganisation();
const path = fileURLToPath(new URL('../../../workflows/procedures/library-card.yaml', import.meta.url));
const loading = loadScenarios(path, 'library-card.yaml');
let house: ScenarioHouse;
let stage: StageMachine;

beforeAll(async () => {
  if (!loading.ok) throw new Error('expected the library card');
  house = await openScenarioHouse(organisation, [loading.procedure]);
});
beforeEach(async () => {
  const [story] = loading.ok ? loading.stories : [];
  stage = await StageMachine.open(house, Date.parse(story?.given.at ?? ''));
});
afterEach(() => stage.close());
afterAll(() => {
  house.close();
});

/** The first story of the library card: granted, with a receipt, two signatures and a number. */
async function tell(until: number): Promise<string> {
  const [story] = loading.ok ? loading.stories : [];
  if (!story) throw new Error('expected a story');
  const performer = new Performer(stage, story, organisation);
  await performer.submit({});
  await stage.settle();
  const steps = story.do.filter(({ kind }) => kind !== 'expect').slice(0, until);
  for (const step of steps) {
    expect(await performer.perform(step)).toEqual({ ok: true });
    await stage.settle();
  }
  return performer.dossier ?? '';
}

/** Accepted at once by its reception: its receipt is to be made. */
async function submitted(): Promise<string> {
  const { platform, catalogue } = stage.machine;
  const id = await tell(0);
  const receiver = {
    kind: 'official',
    id: 'thu-lam-reception',
    unit: 'thu-lam',
    role: 'reception',
    assurance: 'login',
  } as const;
  const decision = { outcome: 'accepted', attachments: [], missing: [] };
  const accepted = await decide(platform, catalogue, `${id}.receive.1`, { by: receiver, subject: 'r1' }, decision);
  expect(accepted).toMatchObject({ ok: true });
  return id;
}

async function papersOf(id: string): Promise<string[]> {
  const types = (await stage.machine.platform.store.events(id)).map(({ event }) => event.type);
  return types.filter((type) => /^(Issue|Number|Notice)/.test(type));
}

function row(dossier: string, body: OutboxRow['body']): OutboxRow {
  return { id: 'again', group: 'again', kind: 'work', dossier, at: stage.now, attempts: 0, body };
}

/** The platform where sealing fails so. */
function failingToSeal(error: Error): Platform {
  const { platform } = stage.machine;
  return { ...platform, papers: { ...platform.papers, applySeal: () => Promise.reject(error) } };
}

describe('work that cannot be done at all', () => {
  const revoked = new TaskTerminal('seal of thu-lam: revoked');
  const givenUp = async () => (await stage.machine.platform.store.outboxDead({ limit: 9 })).items;

  it('is a dead letter where its dossier has ended, and is done once it is taken up again', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await tell(9);
    const sealed = async () => (await papersOf(id)).filter((type) => type === 'IssueSealed').length;
    const make = row(id, { work: 'make', issue: 'receipt', stage: 'receive', copy: 2 });
    await platform.store.outboxAdd([make]);
    expect(await dealWith(failingToSeal(revoked), catalogue, make)).toBe(false);
    const error = expect.stringContaining(revoked.message) as string;
    expect(await givenUp()).toMatchObject([{ id: make.id, kind: 'work', dossier: id, attempts: 1, error }]);
    expect(await sealed()).toBe(2);
    expect(await redeliver(platform, () => true)).toBe(1);
    await stage.settle();
    expect(await givenUp()).toEqual([]);
    expect(await sealed()).toBe(3);
  });

  it('parks the dossier that waits for it, and is no dead letter', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await submitted();
    const make = row(id, { work: 'make', issue: 'receipt', stage: 'receive' });
    await platform.store.outboxAdd([make]);
    expect(await dealWith(failingToSeal(revoked), catalogue, make)).toBe(true);
    expect((await platform.store.head(id))?.status).toBe('parked');
    expect(await givenUp()).toEqual([]);
  });

  it('is a dead letter where nothing waits for it, and the dossier goes on', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await submitted();
    const make = row(id, { work: 'make', issue: 'receipt', stage: 'receive' });
    await expect(doWork(failingToSeal(new Error('killed')), catalogue, make)).rejects.toThrow('killed');
    const before = await platform.store.head(id);
    const apology = row(id, { work: 'apology', issue: 'receipt', copy: 1 });
    await platform.store.outboxAdd([apology]);
    expect(await dealWith(failingToSeal(revoked), catalogue, apology)).toBe(false);
    expect(await givenUp()).toMatchObject([{ id: apology.id, kind: 'work', attempts: 1 }]);
    expect(await platform.store.head(id)).toEqual(before);
  });
});

describe('work on papers', () => {
  it('changes nothing the second time: neither number nor seal nor notice, before and after the end', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await tell(9);
    const before = (await platform.store.events(id)).map(({ event }) => event.type);
    expect(before.filter((type) => type === 'IssueSealed')).toHaveLength(2);
    expect(before.at(-1)).toBe('ResultDelivered');
    await doWork(platform, catalogue, row(id, { work: 'make', issue: 'receipt', stage: 'receive' }));
    await doWork(platform, catalogue, row(id, { work: 'seal', issue: 'card', stage: 'sign', visit: 1 }));
    expect((await platform.store.events(id)).map(({ event }) => event.type)).toEqual(before);
  });

  it('numbers and seals once when it is done twice at the same time', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await tell(1);
    const make = row(id, { work: 'make', issue: 'receipt', stage: 'receive' });
    await Promise.all([doWork(platform, catalogue, make), doWork(platform, catalogue, make)]);
    const types = (await platform.store.events(id)).map(({ event }) => event.type);
    expect(types.filter((type) => type === 'NumberTaken' || type === 'IssueSealed')).toHaveLength(2);
    expect(types.filter((type) => type === 'NoticeIssued')).toHaveLength(1);
  });

  it('seals under the number that stands when the process ended between number and seal', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await submitted();
    const make = row(id, { work: 'make', issue: 'receipt', stage: 'receive' });
    const applySeal = () => Promise.reject(new Error('the process ends here'));
    const ending = { ...platform, papers: { ...platform.papers, applySeal } };
    await expect(doWork(ending, catalogue, make)).rejects.toThrow('the process ends here');
    expect(await papersOf(id)).toEqual(['IssueDrafted', 'NumberTaken']);
    await doWork(platform, catalogue, make);
    await doWork(platform, catalogue, make);
    expect(await papersOf(id)).toEqual(['IssueDrafted', 'NumberTaken', 'IssueSealed', 'NoticeIssued']);
  });

  it('refuses work that nobody knows', async () => {
    const { platform, catalogue } = stage.machine;
    const id = await tell(0);
    await expect(doWork(platform, catalogue, row(id, { work: 'paint' }))).rejects.toThrow('unknown work paint');
  });
});
