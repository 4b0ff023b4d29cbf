import { runKills } from './kill-run.ts';

/* The short form of `npm run torture:kill`. */
describe('a server that is killed over and over', () => {
  it('keeps every promise that it gave', async () => {
    const report = await runKills({ kills: 4, seed: 11, clients: 6, tell: () => undefined });
    expect(report.faults).toEqual([]);
    expect(report.kills).toBe(4);
    expect(report.killsInFlight).toBeGreaterThanOrEqual(2);
    expect(report.decisions).toBeGreaterThan(0);
  }, 90_000);
});
