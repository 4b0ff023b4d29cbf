import type { Instrument } from '../../schemas/organisation.ts';
import { type Refused, refuseFor } from '../../schemas/refusals.ts';
import { appointmentOn, isInForce, isSameOffice, type OfficeName, type Organisation } from './organisation.ts';
import { dayAfter } from '../time/day-after.ts';
import { HELPER_ROLE, LAW } from './rules.ts';
import { refuseGrantor } from './judge-authority.ts';

/** Who can do the daily work of an office on a day: those who hold it and are not absent, and those who stand in and are not absent themselves. */
export function candidatesOn(organisation: Organisation, office: OfficeName, day: string): string[] {
  const isAbsent = (id: string) => {
    const official = organisation.official(id);
    return (official?.appointments ?? []).some((own) =>
      organisation.givenBy(own).some((other) => isAbsence(other, id) && isInForce(other, day)),
    );
  };
  const holders = organisation.appointed(office).filter((official) => appointmentOn(official, office, day));
  const standingIn = organisation.givenBy(office).flatMap((instrument) => {
    const { official: id } = instrument.holder;
    const official = id === undefined ? undefined : organisation.official(id);
    const stands = instrument.kind === 'substitute' && isInForce(instrument, day);
    return stands && official && appointmentOn(official, instrument.holder, day) ? [official] : [];
  });
  return [...new Set([...holders, ...standingIn].map(({ id }) => id))].filter((id) => !isAbsent(id)).toSorted();
}

function isAbsence({ kind, for: { official } }: Instrument, id: string): boolean {
  return kind === 'substitute' && official === id;
}

/** Offices of these units that somebody holds today, with fewer than two who can do their work: one illness away from standing still (Decree 61/2018 art. 12(8)). */
export function thinOffices(
  organisation: Organisation,
  offices: readonly OfficeName[],
): (OfficeName & { candidates: string[] })[] {
  return offices
    .map((office) => {
      const today = organisation.today(office.unit);
      return { ...office, candidates: today === undefined ? [] : candidatesOn(organisation, office, today) };
    })
    .filter(({ candidates }) => candidates.length < 2);
}

/**
 * Whether an instrument can be registered; `organisation` is as it will be with it. Refused are those that could never be acted by, those given by who
 * could not give them, and an absence that would leave the office to nobody on any of its days.
 */
export function refuseRegistration(organisation: Organisation, instrument: Instrument): Refused | undefined {
  const { id, kind, from, until } = instrument;
  const ground = { instrument: id, legalBasis: LAW[kind], from, ...(until !== undefined && { until }) };
  for (const at of ['for', 'holder'] as const) {
    const office = instrument[at];
    if (office.role === HELPER_ROLE)
      return refuseFor('instrument-invalid', `/${at}: a helper decides and signs nothing`, {
        ...ground,
        rule: 'helper',
      });
    const appointed = organisation.appointed(office).map((official) => official.id);
    const isKnown = office.official === undefined ? appointed.length > 0 : appointed.includes(office.official);
    if (!isKnown)
      return refuseFor(
        'instrument-invalid',
        `/${at}: expected an office to which ${office.official ?? 'somebody'} is appointed, got ${office.role} of ${office.unit}`,
        { ...ground, rule: 'appointment', ...(office.official !== undefined && { official: office.official }) },
      );
  }
  const isSelf =
    isSameOffice(instrument.for, instrument.holder) && instrument.for.official === instrument.holder.official;
  if (isSelf)
    return refuseFor('instrument-invalid', `instrument ${id} gives an office to itself`, {
      ...ground,
      rule: 'other-office',
    });
  const given = refuseGrantor(organisation, instrument);
  if (given) return { ok: false, refusal: { ...given.refusal, code: 'instrument-invalid' } };
  return kind === 'substitute' ? refuseEmptyOffice(organisation, instrument) : undefined;
}

function refuseEmptyOffice(organisation: Organisation, absence: Instrument): Refused | undefined {
  const day = turningDays(organisation, absence).find(
    (each) => candidatesOn(organisation, absence.for, each).length === 0,
  );
  if (day === undefined) return undefined;
  const { id, from, until } = absence;
  return refuseFor(
    'nobody-left',
    `on ${day} nobody would be left to act as ${absence.for.role} of ${absence.for.unit}: the substitute is absent himself or not in office`,
    { rule: 'nobody-left', legalBasis: LAW.substitute, instrument: id, from, ...(until !== undefined && { until }) },
  );
}

/** The days of an absence on which somebody's appointment or absence begins, or has just ended: between them nothing changes. */
function turningDays(organisation: Organisation, absence: Instrument): string[] {
  const people = [...organisation.appointed(absence.for), ...organisation.appointed(absence.holder)];
  const offices = people.flatMap(({ appointments }) => appointments);
  const spans = [...offices, ...offices.flatMap((office) => organisation.givenBy(office))];
  const days = spans.flatMap(({ from, until }) => [from, ...(until === undefined ? [] : [dayAfter(until)])]);
  return [absence.from, ...new Set(days)].filter((day) => isInForce(absence, day)).toSorted();
}
