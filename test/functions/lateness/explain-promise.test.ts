import { explainPromise } from '../../../functions/lateness/explain-promise.ts';

const DUE = { due: '2026-12-01', dueAt: '2026-12-01T10:00:00.000Z' };
const DOSSIER = {
  promise: { ...DUE, startsAt: '2026-11-16T03:00:00.000Z', calendar: 'vn@1.0.0' },
  lawful: DUE,
  reappointed: undefined,
};
const PROCEDURE = { clock: { limit: { workingDays: 10 } } };

describe('the promised date in words', () => {
  it('is the date of the law while the clock runs', () => {
    const said = explainPromise(DOSSIER, PROCEDURE, undefined);
    expect(said).toMatchObject({ ...DUE, ground: 'law' });
    expect(said?.say.en).toContain('the date of the law');
  });

  it('is no date of the law while the clock stands, whatever its ground', () => {
    const again = { ...DUE, from: { due: '2026-11-30', dueAt: '2026-11-30T10:00:00.000Z' }, cause: 'workload' };
    for (const dossier of [DOSSIER, { ...DOSSIER, reappointed: { ...again, times: 1, secret: 0 } }]) {
      const said = explainPromise(dossier, PROCEDURE, 'stands');
      expect(said).toMatchObject(DUE);
      expect(said?.say.vi).toContain('đang tạm dừng');
      expect(said?.say.vi).not.toContain('đúng thời hạn theo luật');
      expect(said?.say.en).toContain('stands still');
      expect(said?.say.en).not.toContain('the date of the law');
    }
  });

  it('holds no longer where the dossier ended while the clock stood', () => {
    const said = explainPromise(DOSSIER, PROCEDURE, 'ended');
    expect(said?.say.vi).toContain('không còn hiệu lực');
    expect(said?.say.en).toContain('holds no longer');
  });

  it('is nothing before there is one', () => {
    expect(explainPromise({ ...DOSSIER, promise: null }, PROCEDURE, 'stands')).toBeUndefined();
  });
});
