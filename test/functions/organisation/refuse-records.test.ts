import { organisationOf } from '../../../functions/organisation/directory.ts';
import { refuseRecords } from '../../../functions/organisation/refuse-records.ts';
import type { Catalogue } from '../../../functions/procedures/catalogue.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import type { Instrument, Official } from '../../../schemas/organisation.ts';

it('judges as many instruments as one import brings', async () => {
  const count = 8_000;
  const officials = Array.from({ length: 2 * count }, (_, n): Official => {
    const appointments = [{ unit: `unit-${n >> 1}`, role: 'clerk', from: '2020-01-01', title: 'CLERK' }];
    return { id: `o${n}`, name: 'Clerk', subject: `s${n}`, appointments };
  });
  const absences = Array.from({ length: count }, (_, n): Instrument => {
    const office = { unit: `unit-${n}`, role: 'clerk' };
    const [absent, present] = [`o${2 * n}`, `o${2 * n + 1}`];
    const who = { for: { ...office, official: absent }, holder: { ...office, official: present } };
    return { id: `i${n}`, kind: 'substitute', ...who, from: '2026-11-25', until: '2026-11-27', legalBasis: 'Law' };
  });
  const items = officials.map((record) => ({ id: record.id, record, revision: 1 }));
  const list = (kind: string) => Promise.resolve({ items: kind === 'official' ? items : [] });
  const platform = { registry: { list }, clock: { now: () => 0 } } as unknown as Platform;
  const at = () => Promise.resolve(organisationOf(officials, [], () => '2026-11-20'));
  const catalogue = { directory: { at } } as unknown as Catalogue;

  expect(await refuseRecords({ platform, catalogue }, 'instrument', absences)).toEqual([]);
});
