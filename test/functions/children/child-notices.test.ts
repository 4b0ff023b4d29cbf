import type { Mail } from '../../../domain/ports/notifier.ts';
import { appendSurely } from '../../../functions/runtime/append.ts';
import { type Family, FAMILY, FamilyHouse, MEMBER } from '../../builders/family.ts';
import { watchMails } from '../../builders/watch-mails.ts';

const ENDS = "automatic: 'none, a test', valid: { months: 2 }, remind: { calendarDays: 10 } }";
const house = new FamilyHouse([MEMBER.replace("automatic: 'none, a test' }", ENDS), FAMILY]);
afterEach(() => house.close());
afterAll(() => house.end());

const REMINDED = Date.parse('2027-01-07T00:00:00Z');

/** A parent that has its result, by two children whose papers end. */
async function settled(): Promise<{ family: Family; parent: string; children: string[]; sent: Mail[] }> {
  const family = await house.open();
  const { platform } = family.stage.machine;
  const sent = watchMails(platform);
  const parent = await family.open({}, { email: 'ngoc@example.org' });
  const children: string[] = [];
  for (const part of ['first', 'second']) {
    const { child } = await family.child(parent, part);
    children.push(child);
    await family.check(child, 'valid');
    await family.stage.settle();
  }
  expect(await family.dossier(parent)).toMatchObject({ status: 'closed' });
  sent.splice(0);
  return { family, parent, children, sent };
}

it('names a child’s paper and its last day in the mail by which its parent reminds', async () => {
  const { family, parent, children, sent } = await settled();
  await family.stage.passUntil(REMINDED);
  await family.stage.settle();
  expect(sent).toHaveLength(2);
  for (const { text } of sent) expect(text).toContain('16/01/2027');
  const told = Object.values((await family.dossier(parent)).notices).filter(({ notice }) => notice === 'expires');
  expect(told).toMatchObject([1, 2].map(() => ({ issue: 'card', status: 'delivered' })));
  expect(new Set(told.map(({ child }) => child))).toEqual(new Set(children));
});

it('ends a telling to a parent that was disposed of: the child says that its applicant was not told', async () => {
  const { family, parent, children, sent } = await settled();
  const { platform } = family.stage.machine;
  const hand = { by: 'thu-lam-chair', at: '2026-12-01T00:00:00.000Z' };
  const data = { list: 'list-1', number: '1', legalBasis: 'none', why: 'retention', fate: 'destroyed' } as const;
  await appendSurely(platform, parent, () => ({
    decision: {
      ok: true,
      events: [{ type: 'DossierDisposed', data: { ...data, proposed: hand, approved: [hand] } }],
    },
    actor: { kind: 'platform' },
    destroyKey: true,
  }));
  await family.stage.passUntil(REMINDED);
  await family.stage.settle();
  expect(sent).toEqual([]);
  const waiting = await platform.store.outboxDue(REMINDED + 10 * 86_400_000, 100);
  expect(waiting.filter(({ kind }) => kind === 'parent')).toEqual([]);
  for (const child of children) {
    const notices = Object.values((await family.dossier(child)).notices);
    expect(notices.filter(({ notice }) => notice === 'expires')).toMatchObject([{ status: 'failed' }]);
  }
});
