import type { InstrumentKind } from '../../schemas/procedure/closed-sets.ts';
import type { Instrument, Official } from '../../schemas/organisation.ts';
import { appointmentOn, holdersOf, isSameOffice, type OfficeName, type Organisation } from './organisation.ts';

/** What stands before the title of the office acted for (Decree 30/2020, Annex I, part II, 7). A substitute signs nothing. */
const ABBREVIATION = {
  deputy: 'KT.',
  'by-order': 'TL.',
  'by-authorisation': 'TUQ.',
  substitute: undefined,
} as const satisfies Record<InstrumentKind, string | undefined>;

/** In what capacity somebody signs, one line each, the office acted for first: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH`. */
export function capacityOf(
  organisation: Organisation,
  official: Official,
  own: OfficeName,
  instruments: readonly Instrument[],
): string[] {
  const offices = instruments.flatMap((instrument) => {
    const abbreviation = ABBREVIATION[instrument.kind];
    if (abbreviation === undefined) return [];
    return [`${abbreviation} ${titleOfOffice(organisation, instrument.for)}`];
  });
  return [...offices, ...titleOf(organisation, official, own).split('\n')];
}

/** The title under which an official holds an office, today or at any time; of an office that nobody has a title for, its role. */
export function titleOf(organisation: Organisation, official: Official | undefined, office: OfficeName): string {
  const today = organisation.today(office.unit);
  const held = today === undefined ? undefined : official && appointmentOn(official, office, today);
  const any = official?.appointments.findLast((appointment) => isSameOffice(appointment, office));
  return (held ?? any)?.title ?? office.role;
}

/** The title of an office by who holds it today, or held it last: it has one though it is vacant. */
export function titleOfOffice(
  organisation: Organisation,
  office: OfficeName & { official?: string | undefined },
): string {
  const holder = holdersOf(organisation, office)[0] ?? organisation.appointed(office).at(-1);
  return titleOf(organisation, holder, office).split('\n').at(-1) ?? office.role;
}
