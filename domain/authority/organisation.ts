import type { Appointment, Instrument, Official } from '../../schemas/organisation.ts';

/** A role in a unit. */
export interface OfficeName {
  unit: string;
  role: string;
}

/** The organisation at one instant, as authority is judged by it. */
export interface Organisation {
  official(id: string): Official | undefined;
  /** Officials with an appointment to this office, whenever it is in force. */
  appointed(office: OfficeName): readonly Official[];
  instrument(id: string): Instrument | undefined;
  /** Instruments whose holder is this office, in order of id, whenever they are in force. */
  heldBy(office: OfficeName): readonly Instrument[];
  /** Instruments that give power of this office, in order of id, whenever they are in force. */
  givenBy(office: OfficeName): readonly Instrument[];
  /** The date where the unit is; undefined: there is no such unit. */
  today(unit: string): string | undefined;
}

export function isSameOffice(a: OfficeName, b: OfficeName): boolean {
  return a.unit === b.unit && a.role === b.role;
}

/** Whether this day is one of those from the first to the last, both inclusive. */
export function isInForce({ from, until }: { from: string; until?: string | undefined }, day: string): boolean {
  return from <= day && (until === undefined || day <= until);
}

/** The appointment by which an official holds an office on a day. */
export function appointmentOn(official: Official, office: OfficeName, day: string): Appointment | undefined {
  return official.appointments.find((appointment) => isSameOffice(appointment, office) && isInForce(appointment, day));
}

/** Who holds an office today: by its own appointment, not on behalf of anybody. */
export function holdersOf(
  organisation: Organisation,
  office: OfficeName & { official?: string | undefined },
): Official[] {
  const today = organisation.today(office.unit);
  if (today === undefined) return [];
  return organisation
    .appointed(office)
    .filter(
      (official) =>
        (office.official === undefined || office.official === official.id) &&
        appointmentOn(official, office, today) !== undefined,
    );
}
