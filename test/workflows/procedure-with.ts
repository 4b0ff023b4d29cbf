import { Procedure } from '../../schemas/procedure.ts';

/** The smallest procedure with these stages, and whatever else a test needs. */
export function procedureWith(stages: Record<string, unknown>, more: Record<string, unknown> = {}): Procedure {
  return Procedure.parse({
    procedure: 'sample',
    version: '1.0.0',
    title: { en: 'Sample' },
    legalBasis: 'Sample Act',
    effective: { from: '2027-01-01', announced: 'Decision 1' },
    online: 'full',
    parties: { owner: 'form.owner' },
    fees: { fee: { kind: 'fee', amount: 100 } },
    clock: { limit: { workingDays: 3 } },
    stages,
    ...more,
  });
}
