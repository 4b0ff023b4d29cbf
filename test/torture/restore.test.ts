import { runRestore } from './restore-run.ts';

/* The short form of `npm run torture:restore`. */
describe('a data folder that is destroyed under its server', () => {
  it('comes back by one command, as it was a moment ago or between two earlier commands', async () => {
    const report = await runRestore({ dossiers: 20, seconds: 3, clients: 3, tell: () => undefined });
    expect(report.faults).toEqual([]);
    expect(report.acknowledged).toBeGreaterThan(0);
    expect(report.said.dossiers).toBeGreaterThan(20);
    expect(report.said.documents).toBeGreaterThan(0);
    // How long a second is on a busy machine is not judged here: `npm run torture:restore` does.
    expect(report.lost).toBeLessThan(report.acknowledged);
  }, 90_000);
});
