import type { Mail } from '../../../domain/ports/notifier.ts';
import { extendClock } from '../../../functions/clock/extend-clock.ts';
import { movedBy } from '../../../functions/clock/moved-by.ts';
import { endPause, pauseClock } from '../../../functions/clock/pause-clock.ts';
import { Clock } from '../../../schemas/procedure/clock.ts';
import { DESK, DeskHouse, officialOf } from '../../builders/desk.ts';

const CLOCK = `clock:
  limit: { workingDays: 3 }
  during: { complete: restarts, pay: stops, hold: runs }
  extend:
    - { id: verification, title: { vi: xác minh ở nước ngoài, en: verification abroad }, by: { workingDays: 5 }, needs: notice, times: 1, legalBasis: [Act 2, art. 28(2)] }
  pauses:
    - { id: outage, notice: sameDay, legalBasis: art. 16(3) }
`;
const house = new DeskHouse(DESK.replace(/clock:\n.*\n.*\n/, CLOCK));
afterEach(() => house.close());
afterAll(() => house.end());

const by = officialOf('verify');

it('stands in the mail that tells the new date: the extension, then the pause that is over', async () => {
  const desk = await house.open();
  const sent: Mail[] = [];
  desk.platform.notifier = {
    ...desk.platform.notifier,
    send: (mail) => Promise.resolve({ how: 'smtp' as const }).finally(() => sent.push(mail)),
  };
  const id = await desk.submit({ amount: 0 }, { email: 'ngoc@example.org' });
  await desk.settle();
  await desk.decide(id, 'receive', 'accepted');
  await desk.settle();
  const { platform, catalogue } = desk.stage.machine;
  const extended = await extendClock(platform, catalogue, id, { extension: 'verification', reason: 'records', by });
  expect(extended).toMatchObject({ ok: true });
  await desk.settle();
  const announced = { at: new Date(desk.stage.now).toISOString(), where: 'https://example.org' };
  const pause = { pause: 'outage', reason: 'no network', announced, by };
  expect(await pauseClock(platform, catalogue, id, pause)).toMatchObject({ ok: true });
  await desk.stage.passUntil(desk.stage.now + 86_400_000);
  expect(await endPause(platform, catalogue, id, { pause: 'outage', by })).toMatchObject({ ok: true });
  await desk.settle();
  const told = sent.slice(-2).map(({ text }) => text);
  expect(told[0]).toContain('Lý do gia hạn: xác minh ở nước ngoài (Act 2; art. 28(2)).');
  expect(told[1]).toContain('outage (art. 16(3)).');
  expect(told[1]).not.toContain('xác minh');
});

it('is nothing where nothing moved it, or where the procedure does not know it', () => {
  const clock = Clock.parse({ limit: { workingDays: 3 } });
  expect(movedBy({}, { clock })).toBeUndefined();
  expect(movedBy({ moved: { by: 'pause', id: 'outage' } }, { clock })).toBeUndefined();
});
