import { localDate, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { DossierStore } from '../../domain/ports/dossier-store.ts';
import type { CodeSchemeName, Unit } from '../../schemas/organisation.ts';

/** How an authority forms its dossier codes. Numbers come from a counter per unit and local day; they may have gaps, never doubles. */
export interface CodeScheme {
  /** Scope of the counter: it begins at 1 for each. */
  counter(unit: Unit, date: string): string;
  format(unit: Unit, date: string, number: number): string;
}

function padded(number: number, width: number): string {
  return String(number).padStart(width, '0');
}

/** Shapes in use: domain knowledge of Circular 03/2025/TT-VPCP, Decision 20/2020, and one neutral shape. A number that outgrows its width widens the code. */
const CODE_SCHEMES: Readonly<Record<CodeSchemeName, CodeScheme>> = {
  'vn-one-stop': {
    counter: (unit, date) => `code:${unit.identifier}:${date}`,
    format: (unit, date, number) =>
      `${unit.identifier}-${date.slice(2, 4)}${date.slice(5, 7)}${date.slice(8, 10)}-${padded(number, 4)}`,
  },
  'vn-ministry': {
    counter: (unit, date) => `code:${unit.identifier}:${date}`,
    format: (unit, date, number) => `${unit.identifier}-${date.replaceAll('-', '')}-${padded(number, 7)}`,
  },
  yearly: {
    counter: (unit, date) => `code:${unit.identifier}:${date.slice(0, 4)}`,
    format: (unit, date, number) => `${unit.identifier}/${date.slice(0, 4)}/${padded(number, 6)}`,
  },
};

/** A new code of the receiving unit, for the local day of `now`. */
export async function takeCode(
  store: DossierStore,
  unit: Unit,
  calendar: WorkingCalendar,
  now: number,
): Promise<{ code: string; scheme: string }> {
  const scheme = CODE_SCHEMES[unit.codeScheme];
  const date = localDate(calendar, now);
  const number = await store.nextCount(scheme.counter(unit, date));
  return { code: scheme.format(unit, date, number), scheme: unit.codeScheme };
}

/** Where a paper's QR code and a mail lead: a page in words, for whoever has the code or reference; with the paper's mark, of that paper too. */
export function trackingAddress(publicUrl: string, code: string, mark?: string): string {
  const address = `${publicUrl}/console/track?code=${encodeURIComponent(code)}`;
  return mark === undefined ? address : `${address}&mark=${mark}`;
}
