import { hasMiniStack } from '../oracles/ministack/start.ts';
import { lookTwice } from './deployed/certificates.ts';
import { disposeOfOne } from './deployed/disposal.ts';
import { loseAndRebuild } from './deployed/new-version.ts';
import { judgePermissions, type Permissions } from './deployed/permissions/report.ts';
import { startDeployedStack, type DeployedStack } from './deployed/target.ts';
import { loseTimeAndRestore } from './deployed/restore.ts';
import { throughConsole } from './deployed/through-console.ts';
import { describeStories, isFull } from './suite.ts';

const judged = hasMiniStack || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip)
  process.stderr.write('MiniStack is missing: nothing is deployed (scripts/ministack.sh installs it)\n');

const PATIENCE_MS = 600_000;
/** Dossiers that are open on 1.0 when 2.0 comes. */
const OPEN = isFull ? 200 : 5;

judged('the stacks, deployed on an emulator of AWS', () => {
  describeStories('the deployed stack', startDeployedStack, {
    patienceMs: PATIENCE_MS,
    further: (stack) => {
      describePages(stack);
      describeDisposal(stack);
      describeDailyLook(stack);
      describeNewVersion(stack);
      describePermissions(stack);
      // The last: what was called before was the stacks' own table.
      describeRestore(stack);
    },
  });
});

function describeNewVersion(stack: () => DeployedStack): void {
  describe(`version 2.0, published while ${OPEN} dossiers are open on 1.0`, () => {
    it(
      'lets them end on 1.0 though all machines and executions are lost: nothing is decided twice, nobody is told under another id',
      async () => {
        const { rebuilt, early, late } = await loseAndRebuild(stack(), OPEN);
        expect(rebuilt.map(({ restarted }) => restarted > 0)).toEqual([true, false]);
        const end = { result: 'granted', untold: [], invented: [], mails: 2 };
        expect(early).toEqual(early.map(({ decided, runs }) => ({ ...end, version: '1.0.0', runs, decided })));
        expect(late).toEqual(late.map(({ decided, runs }) => ({ ...end, version: '2.0.0', runs, decided })));
        expect(early).toHaveLength(OPEN);
        expect(early.map(({ runs }) => runs >= 2)).toEqual(early.map(() => true));
        expect(early[0]?.runs).toBeGreaterThan(2);
        for (const { decided } of [...early, ...late]) {
          expect(decided).toHaveLength(5);
          expect(new Set(decided).size).toBe(5);
        }
      },
      6 * PATIENCE_MS,
    );
  });
}

function describePages(stack: () => DeployedStack): void {
  describe('the console', () => {
    it(
      'takes a library card from application to result, by its pages alone',
      async () => {
        const shown = await stack().onPages(() => throughConsole(stack()));
        expect(shown).toMatchObject({
          cookies: [expect.stringMatching(/onetrack-session$/)],
          anyone: {
            status: 200,
            encoding: 'gzip',
            csp: expect.stringContaining(`img-src 'self' ${stack().ministack.url};`),
          },
          restarted: 'Looked at',
          decided: Array.from({ length: 5 }, () => 'Check your decision'),
          portrait: { status: 200, type: 'application/pdf', disposition: 'inline', begins: '%PDF-' },
          result: { status: 200, type: 'application/pdf', begins: '%PDF-' },
          evidence: { status: 200, begins: 'PK' },
          styles: { status: 200, cache: 'public, max-age=31536000, immutable' },
        });
      },
      PATIENCE_MS,
    );
  });
}

function describeDisposal(stack: () => DeployedStack): void {
  describe('disposal of one dossier among several', () => {
    it(
      'leaves nothing of its reader in table, buckets, executions and logs, and every chain verifies',
      async () => {
        const { before, after } = await disposeOfOne(stack());
        expect(before.key).toHaveLength(1);
        expect(before.mark).toEqual([expect.stringMatching(/^objects: .*transfers.*uploads/)]);
        expect(before.documents).toBeGreaterThan(1);
        expect(before.executions).toBeGreaterThan(0);
        expect(before.secrets).toBeGreaterThan(0);
        expect(after).toMatchObject({
          status: 410,
          key: false,
          left: [],
          verdict: { ok: true, summary: { erased: true, secrets: 0 } },
          others: [1, 2].map(() => ({ ok: true, summary: { erased: false } })),
        });
        for (const count of Object.values(after.searched)) expect(count).toBeGreaterThan(2);
      },
      2 * PATIENCE_MS,
    );
  });
}

function describeDailyLook(stack: () => DeployedStack): void {
  describe('the daily look at all certificates', () => {
    it(
      'counts none while all are good, and names the unit whose seal cannot be read',
      async () => {
        expect(await lookTwice(stack())).toEqual([
          { near: 0, close: 0, named: [] },
          { near: 1, close: 1, named: ['seal thu-lam: certificate-unreadable'] },
        ]);
      },
      PATIENCE_MS,
    );
  });
}

function describeRestore(stack: () => DeployedStack): void {
  describe('the table as of a minute ago, in the place of the present one', () => {
    it(
      'is worked on: what was open goes on to its end though executions were ahead of it, what came later is gone',
      async () => {
        const { rebuilt, changed, lost, ends, runs } = await loseTimeAndRestore(stack(), OPEN);
        expect(rebuilt.at(-1)).toMatchObject({ restarted: 0, starting: 0 });
        expect(rebuilt.at(-1)?.running).toBeGreaterThanOrEqual(OPEN);
        expect(changed.found).toEqual(changed.expected);
        expect(lost).toBe(404);
        expect(runs).toBeGreaterThan(2);
        expect(ends).toEqual(Array.from({ length: OPEN + 1 }, () => ({ result: 'granted', decided: 5, tasks: 5 })));
      },
      6 * PATIENCE_MS,
    );
  });
}

/** The emulator lets everybody do everything: what AWS would have let them do is judged by their policies. */
function describePermissions(stack: () => DeployedStack): void {
  describe('all that was done up to here', () => {
    let permissions: Permissions;
    beforeAll(async () => {
      permissions = await judgePermissions(stack());
    }, PATIENCE_MS);

    it('would have been allowed by IAM', () => {
      expect(permissions.denied).toEqual([]);
    });

    it('would not have been, were one grant missing', async () => {
      expect(await permissions.without('relay', 'states:SendTaskSuccess')).toEqual([
        'relay may not states:SendTaskSuccess on *',
      ]);
    });

    it('needed every grant, but for those that stand with a reason', () => {
      process.stdout.write(
        `Granted and not needed here:\n${permissions.standing.map((line) => `  ${line}\n`).join('')}`,
      );
      expect(permissions.unfounded).toEqual([]);
      expect(isFull ? permissions.idle : []).toEqual([]);
    });
  });
}
