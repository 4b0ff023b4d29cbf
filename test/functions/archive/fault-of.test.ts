import { faultOf } from '../../../functions/archive/lists.ts';
import { Catalogue } from '../../../functions/procedures/catalogue.ts';
import { aHead, dossierId } from '../../builders/dossiers.ts';

it('lists no record while an original is still kept: two would approve what must then be spared', async () => {
  const kept = { scans: 1, presence: 0, papers: 0, prints: 0, kept: 1 };
  const head = { ...aHead({ id: dossierId(1) }), status: 'closed' as const, paper: kept };
  const asked = { units: [head.unit], now: 0, request: { why: 'order', fate: 'destroyed' } } as const;
  const catalogue = new Catalogue({} as ConstructorParameters<typeof Catalogue>[0]);
  expect(await faultOf(catalogue, { ...asked, head })).toContain('no original is kept');
});
