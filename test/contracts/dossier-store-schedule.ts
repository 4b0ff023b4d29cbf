import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import { aCommit, anUpload, aTimer, dossierId } from '../builders/dossiers.ts';
import { eventually } from './eventually.ts';

export function describeSchedule(store: () => DossierStore): void {
  describe('timers and uploads', () => {
    it('answers timers that are due, earliest first, until they are cleared or moved', async () => {
      const D = dossierId(1);
      const [late, early] = [
        aTimer({ dossier: D, at: 200 }),
        aTimer({ dossier: D, at: 100, id: 'fee.1', stage: 'fee' }),
      ];
      await store().commit(aCommit({ dossier: D, timers: { set: [late, early], clear: [] } }));
      await eventually(() => store().timersDue(99, 9), []);
      await eventually(() => store().timersDue(200, 9), [early, late]);
      await eventually(() => store().timersDue(200, 1), [early]);
      await eventually(() => store().nextTimer(), 100);
      const moved = { ...late, at: 300, outcome: 'answered' };
      await store().commit(
        aCommit({ dossier: D, expectedVersion: 1, timers: { set: [moved], clear: ['fee.1', 'unknown'] } }),
      );
      await eventually(() => store().timersDue(299, 9), []);
      await eventually(() => store().timersDue(300, 9), [moved]);
      await eventually(() => store().nextTimer(), 300);
    });

    it('sets a timer that the same commit clears', async () => {
      const D = dossierId(1);
      await store().commit(aCommit({ dossier: D, timers: { set: [aTimer({ dossier: D, at: 1 })], clear: [] } }));
      const again = aTimer({ dossier: D, at: 50 });
      await store().commit(aCommit({ dossier: D, expectedVersion: 1, timers: { set: [again], clear: [again.id] } }));
      await eventually(() => store().timersDue(100, 9), [again]);
    });

    it('answers uploads past their expiry, taken or not, until they are forgotten', async () => {
      await store().putUpload(anUpload({ id: 'u1', expires: 10 }));
      await store().putUpload(anUpload({ id: 'u2', expires: 20 }));
      await store().commit(aCommit({ dossier: dossierId(1), uploads: ['u1'] }));
      await eventually(async () => (await store().uploadsExpired(10, 9)).map(({ id }) => id), ['u1']);
      await eventually(async () => (await store().uploadsExpired(20, 9)).map(({ id }) => id), ['u1', 'u2']);
      await store().forgetUpload('u1');
      await store().forgetUpload('u1');
      expect(await store().upload('u1')).toBeUndefined();
      await eventually(async () => (await store().uploadsExpired(20, 9)).map(({ id }) => id), ['u2']);
    });
  });
}
