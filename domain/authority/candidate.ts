import type { Instrument, Official } from '../../schemas/organisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { judgeAuthority, type Work } from './judge-authority.ts';
import { isInForce, type OfficeName, type Organisation } from './organisation.ts';

/** Whether an official could do this today: in an office of his own, or by an instrument that he holds. */
export function couldDo(organisation: Organisation, official: string, work: Work): boolean {
  const offices = organisation.official(official)?.appointments ?? [];
  return offices.some(({ unit, role }) => {
    const acting = { official, unit, role };
    const instruments = [undefined, ...organisation.heldBy(acting).map(({ id }) => id)];
    return instruments.some((instrument) => judgeAuthority(organisation, { ...acting, instrument }, work).ok);
  });
}

/** Whether work can be given to an official: he could do it, and is not away from this office. */
export function refuseCandidate(organisation: Organisation, official: string, work: Work): Refused | undefined {
  const at = [
    { at: '/to', expected: `an official who may act as ${work.role} of ${work.unit} today`, found: official },
  ];
  if (!organisation.official(official)) return refuse('unknown-official', `expected an official, got ${official}`, at);
  if (!couldDo(organisation, official, work))
    return refuse('no-authority', `official ${official} may not act as ${work.role} of ${work.unit} today`, at);
  const absence = absenceFrom(organisation, official, work);
  if (!absence) return undefined;
  const { holder, until } = absence;
  const days = until === undefined ? '' : ` until ${until}`;
  return refuse('no-authority', `official ${official} is away${days}; ${holder.official ?? holder.role} stands in`, at);
}

/** Officials to whom work can be given today, in order of their offices: holders of its own first, then of instruments for it. */
export function candidatesFor(organisation: Organisation, work: Work): Official[] {
  const holders = (office: OfficeName): OfficeName[] => organisation.givenBy(office).map(({ holder }) => holder);
  const first = holders(work);
  // Two instruments are the longest way there is.
  const offices = [work, ...first, ...first.flatMap(holders)];
  const officials = new Map(
    offices.flatMap((office) => organisation.appointed(office)).map((official) => [official.id, official]),
  );
  return [...officials.values()].filter(({ id }) => !refuseCandidate(organisation, id, work));
}

/** The instrument by which somebody stands in today for an official who is away from this office. */
export function absenceFrom(organisation: Organisation, official: string, office: OfficeName): Instrument | undefined {
  return organisation.givenBy(office).find(({ kind, for: away, ...days }) => {
    const today = organisation.today(away.unit);
    return kind === 'substitute' && away.official === official && today !== undefined && isInForce(days, today);
  });
}
