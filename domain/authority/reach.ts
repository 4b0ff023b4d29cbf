import { isInForce, isSameOffice, type OfficeName, type Organisation } from './organisation.ts';
import { mayPassOn } from './rules.ts';

/** The offices on whose behalf the holder of an office may act today, himself left out: whose work he finds in his inbox. */
export function officesReached(organisation: Organisation, own: OfficeName & { official?: string }): OfficeName[] {
  const reached: OfficeName[] = [];
  const add = ({ unit, role }: OfficeName) => {
    if (!isSameOffice({ unit, role }, own) && !reached.some((office) => isSameOffice(office, { unit, role })))
      reached.push({ unit, role });
  };
  for (const named of inForce(organisation, own)) {
    add(named.for);
    for (const given of inForce(organisation, named.for)) if (mayPassOn(given.kind, named.kind)) add(given.for);
  }
  return reached;
}

function inForce(organisation: Organisation, holder: OfficeName & { official?: string | undefined }) {
  return organisation.heldBy(holder).filter((instrument) => {
    const today = organisation.today(instrument.for.unit);
    const isHis = holder.official === undefined || (instrument.holder.official ?? holder.official) === holder.official;
    return isHis && today !== undefined && isInForce(instrument, today);
  });
}
