import type { MoneyEntry } from '../../schemas/payments.ts';

/** Where an entry stands in the book of its unit: by instant, then by dossier and event. */
export function moneyPlace({ at, dossier, seq }: Pick<MoneyEntry, 'at' | 'dossier' | 'seq'>): string {
  return [at, dossier, String(seq).padStart(8, '0')].join('#');
}
