import { faultOf } from '../../../functions/archive/lists.ts';
import { Catalogue } from '../../../functions/procedures/catalogue.ts';
import { aHead, dossierId } from '../../builders/dossiers.ts';

const paper = { scans: 1, presence: 0, papers: 0, prints: 0, kept: 1 };

it.each([
  ['an original is still kept', { paper }, 'no original is kept'],
  ['money waits to go back', { financial: 'refund-due' as const }, 'no money waits'],
])('lists no record while %s: two would approve what must then be spared', async (_, has, expected) => {
  const head = { ...aHead({ id: dossierId(1) }), status: 'closed' as const, ...has };
  const asked = { units: [head.unit], now: 0, request: { why: 'order', fate: 'destroyed' } } as const;
  const catalogue = new Catalogue({} as ConstructorParameters<typeof Catalogue>[0]);
  expect(await faultOf(catalogue, { ...asked, head })).toMatchObject({
    code: 'owed',
    expected: expect.stringContaining(expected) as string,
  });
});
