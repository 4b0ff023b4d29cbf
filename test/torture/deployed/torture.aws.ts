import { startDeployedStack, type DeployedStack } from '../../e2e/deployed/target.ts';
import { isFull } from '../../e2e/suite.ts';
import { hasMiniStack } from '../../oracles/ministack/start.ts';
import { PROCEDURES } from '../torture-run.ts';
import { tortureDeployed } from './torture-deployed.ts';

const judged = hasMiniStack || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip)
  process.stderr.write('MiniStack is missing: nothing deployed is tortured (scripts/ministack.sh installs it)\n');

judged(
  'calls of AWS that are throttled, fail, conflict, lose their answer or are done by half, functions that die, records that come again',
  () => {
    let stack: DeployedStack;
    beforeAll(async () => {
      stack = await startDeployedStack();
    }, 600_000);
    afterAll(() => stack.close(), 60_000);

    it('break no promise', async () => {
      const report = await tortureDeployed(stack, {
        seconds: isFull ? 120 : 15,
        seed: 5,
        clients: 3,
        procedures: isFull ? PROCEDURES : ['library-card', 'household-business'],
        tell: () => undefined,
      });
      expect(report.faults).toEqual([]);
      expect(report.dossiers).toBeGreaterThan(1);
      expect(report.evidence).toBe(report.dossiers);
      const injected = Object.values(report.injected).reduce((sum, count) => sum + count, 0);
      expect(injected).toBeGreaterThan(10);
    }, 3_600_000);
  },
);
