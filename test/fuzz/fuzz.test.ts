import { OPERATIONS } from '../builders/access-table.ts';
import { ApiHouse, PDF } from '../builders/api-house.ts';
import { runFuzz } from './fuzz-run.ts';
import { requestsOf } from './requests.ts';

describe('whatever is sent to the API', () => {
  it('is answered, by right alone, and what is refused stores nothing', async () => {
    const { statuses, surprises, reached } = await runFuzz({ requests: 25 * OPERATIONS.length, seed: 20_261_127 });
    expect(surprises).toEqual([]);
    expect(Object.keys(statuses).filter((status) => Number(status) >= 500)).toEqual([]);
    // Enough of it was in order to get beyond the edge.
    expect(reached.size).toBeGreaterThan(30);
    expect(statuses[200]).toBeGreaterThan(200);
  }, 120_000);

  it('can be sent again: a seed gives the same requests', () => {
    const sent = (seed: number) => JSON.stringify([...requestsOf(seed, 200)]);
    expect(sent(7)).toBe(sent(7));
    expect(sent(7)).not.toBe(sent(8));
    expect(new Set([...requestsOf(7, OPERATIONS.length)].map(({ operation }) => operation))).toEqual(
      new Set(OPERATIONS),
    );
  });

  it('is judged: a route that lets in whom the table keeps out is told', async () => {
    const { surprises } = await runFuzz({
      requests: 2 * OPERATIONS.length,
      seed: 1,
      access: { listUnits: [], listProcedures: [] },
    });
    expect(surprises.some((surprise) => surprise.startsWith('let in by 200'))).toBe(true);
  });
});

describe('an upload', () => {
  it('keeps no bytes that nobody announced', async () => {
    const house = await ApiHouse.open();
    const response = await house.app.request(`/v1/uploads/u${'1'.repeat(26)}?expires=9&signature=x`, {
      method: 'PUT',
      body: PDF,
    });
    expect(response.status).toBe(403);
    await house.close();
  });
});
