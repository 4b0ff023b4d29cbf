import { replayEvents } from '../../../domain/evidence/replay.ts';
import type { SourceAnswer } from '../../../domain/ports/connectors.ts';
import { secretOf } from '../../../functions/runtime/dossier-cache.ts';
import { type Market, openMarket } from '../../builders/market.ts';

let market: Market;

beforeAll(async () => {
  market = await openMarket();
});
afterAll(() => market.house.close());

describe('an answer that holds until', () => {
  const others: string[] = [];
  /** A stall at whose officer the answer is, and which comes back to him after this time; what each question was answered. */
  async function comesBack(after: number, ...answers: SourceAnswer[]): Promise<{ id: string; requests: string[] }> {
    const { house, ngoc, officer, platform, answering, stall, decide, dossier } = market;
    const requests: string[] = [];
    const seen = new Set(others);
    let id = '';
    await answering(
      async ({ request }) => {
        requests.push(request);
        const answer = /place/.test(request) && answers[Number(request.split('.')[2]) - 1];
        return answer && !seen.has(request.split('.')[0] ?? '') ? answer : { kind: 'failed', why: 'down' };
      },
      async () => {
        id = await stall({ parcel: '17-204' });
        const demand = {
          outcome: 'incomplete',
          comment: 'bring it',
          missing: ['place'],
          insists: { place: 'disputed' },
        };
        expect(await decide(officer, `${id}.verify.1`, demand)).toBe(200);
        await house.stage.passUntil(house.stage.now + after);
        const { status } = await house.send('POST', `/dossiers/${id}/supplements`, {
          token: ngoc,
          body: { form: { applicant: { name: 'Ngọc' }, parcel: '17-204' } },
        });
        expect(status).toBeLessThan(300);
        await house.stage.settle();
      },
    );
    expect(await dossier(id)).toMatchObject({ stage: 'verify' });
    others.push(id);
    expect(replayEvents(await platform().store.events(id))).toMatchObject({ ok: true });
    // Questions of other dossiers are asked again meanwhile.
    return { id, requests: requests.filter((request) => request.startsWith(id)) };
  }
  const HOUR = 3_600_000;
  const until = (validUntil: string): SourceAnswer => ({ ...market.found('Bình'), validUntil });
  const inAnHour = () => new Date(market.house.stage.now + HOUR).toISOString();

  it('an instant is asked for anew when that is over, before who relies on it decides', async () => {
    const { id, requests } = await comesBack(2 * HOUR, until(inAnHour()), market.found('Hà'));
    expect(requests).toEqual([`${id}.place.1`, `${id}.place.2`]);
    const { dossier: d, ...rest } = await market.loaded(id);
    expect(d.sources['place']).toMatchObject({ state: 'found', times: 2 });
    expect(secretOf({ dossier: d, ...rest }, d.sources['place']?.answer?.seq ?? 0)).toMatchObject({
      record: { holder: 'Hà' },
    });
  });

  it('is not asked for again while it holds, nor where the source has no newer one', async () => {
    expect((await comesBack(HOUR / 2, until(inAnHour()))).requests).toHaveLength(1);
    const end = inAnHour();
    expect((await comesBack(2 * HOUR, until(end), until(end))).requests).toHaveLength(2);
    expect((await comesBack(2 * HOUR, until('2020-01-01'))).requests).toHaveLength(1);
  });

  it('a day holds to its end', async () => {
    const today = new Date(market.house.stage.now + 7 * HOUR).toISOString().slice(0, 10);
    expect((await comesBack(HOUR, until(today))).requests).toHaveLength(1);
  });

  it('is none any more where it is over and the source is away', async () => {
    const { id } = await comesBack(2 * HOUR, until(inAnHour()));
    expect((await market.dossier(id)).sources['place']).toMatchObject({ state: 'unavailable', answer: null });
  });
});
