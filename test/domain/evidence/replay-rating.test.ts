import { replayEvents } from '../../../domain/evidence/replay.ts';
import { rate, rateUntil } from '../../../domain/dossier/commands/applicant.ts';
import { withdrawDossier } from '../../../functions/dossiers/withdraw.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { type Desk, DeskHouse } from '../../builders/desk.ts';

const house = new DeskHouse();
afterEach(() => house.close());
afterAll(() => house.end());

const APPLICANT = { kind: 'applicant', party: 'submitter' };
const OFFICIAL = {
  kind: 'official',
  id: 'thu-lam-reception',
  unit: 'thu-lam',
  role: 'reception',
  assurance: 'login',
};

interface Story {
  desk: Desk;
  id: string;
  events: readonly ChainedEvent[];
}

async function withdrawn(): Promise<Story> {
  const desk = await house.open();
  const id = await desk.submit({});
  await desk.settle();
  expect(await withdrawDossier(desk.platform, desk.stage.machine.catalogue, id, {})).toMatchObject({ ok: true });
  await desk.settle();
  return { desk, id, events: await desk.platform.store.events(id) };
}

/** The record with ratings at its end, each as it would be chained. */
function rated(events: readonly ChainedEvent[], ...ratings: { at: string; actor?: object }[]): ChainedEvent[] {
  const all = [...events];
  for (const { at, actor = APPLICANT } of ratings) {
    const last = all.at(-1)!;
    const { secret: _, ...event } = last.event;
    const seq = event.seq + 1;
    const rating = { ...event, seq, prev: last.hash, type: 'RatingGiven', actor, at, data: { score: 5 } };
    all.push({ ...last, event: rating as typeof last.event, hash: seq.toString(16).padStart(64, '0') });
  }
  return all;
}

describe('a rating in a record', () => {
  it('is its applicant’s, once, from the result on and within the term; every other is found forged', async () => {
    const { desk, id, events } = await withdrawn();
    const dossier = await desk.dossier(id);
    const until = Date.parse(rateUntil(dossier) ?? '');
    const at = dossier.updated;
    const late = new Date(until + 1_000 * 60 * 60).toISOString();
    expect(rate(dossier, Date.parse(at), { score: 5 })).toMatchObject({ ok: true });
    expect(replayEvents(rated(events, { at }))).toMatchObject({ ok: true, dossier: { rated: 5 } });
    expect(replayEvents(rated(events, { at: new Date(until - 1).toISOString() }))).toMatchObject({ ok: true });
    for (const [forged, seq] of [
      [rated(events, { at, actor: OFFICIAL }), 1],
      [rated(events, { at, actor: { kind: 'platform' } }), 1],
      [rated(events, { at }, { at }), 2],
      [rated(events, { at: late }), 1],
    ] as const)
      expect(replayEvents(forged)).toMatchObject({
        ok: false,
        fault: { seq: events.length + seq, fault: 'illegal-event' },
      });
  });

  it('is found forged before there is a result', async () => {
    const desk = await house.open();
    const id = await desk.submit({});
    const events = await desk.platform.store.events(id);
    const { at } = events.at(-1)!.event;
    expect(replayEvents(rated(events, { at }))).toMatchObject({ ok: false, fault: { seq: events.length + 1 } });
  });
});
