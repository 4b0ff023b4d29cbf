import type { OnBehalfOf } from '../../schemas/actor.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { couldDo, absenceFrom } from './candidate.ts';
import { type Acting, judgeAuthority, type Work } from './judge-authority.ts';
import { holdersOf, isSameOffice, type OfficeName, type Organisation } from './organisation.ts';

/** Who is asked to do a piece of work, in an office of his own; by an instrument where the work is another office's. */
export interface Addressee {
  official: string;
  own: OfficeName;
  instrument?: string;
  onBehalfOf?: OnBehalfOf;
  /** Who was named, and is away: the addressee stands in for him. */
  insteadOf?: string;
}

type Addressed = { ok: true; addressee: Addressee } | Refused;

/**
 * Who is to be asked, at this moment, where this official is named: he himself; who stands in where he is away from the very office. `instrument`: by this
 * one alone. A refusal names what he holds for this office and why it does not reach.
 */
export function addresseeOf(
  organisation: Organisation,
  { official: id, instrument }: { official: string; instrument?: string | undefined },
  work: Work,
): Addressed {
  const official = organisation.official(id);
  if (!official) return refuse('unknown-official', `expected an official, got ${id}`);
  const offices = official.appointments.map(({ unit, role }) => ({ official: id, unit, role }));
  if (instrument === undefined && offices.some((own) => judgeAuthority(organisation, own, work).ok)) {
    const absence = absenceFrom(organisation, id, work);
    if (absence) return substituteOf(organisation, absence, work);
  }
  const ways = offices.flatMap((own): Acting[] =>
    instrument === undefined
      ? [own, ...organisation.heldBy(own).map((held) => ({ ...own, instrument: held.id }))]
      : [{ ...own, instrument }],
  );
  return firstOf(organisation, ways, work) ?? refuseAll(organisation, { official: id, instrument }, { ways, work });
}

/** Who has to be asked where nobody is named: who alone holds the office today, of a vacant one who alone acts for it. */
export function soleCandidate(organisation: Organisation, work: Work): { ok: true; official: string } | Refused {
  const holders = holdersOf(organisation, work).map(({ id }) => id);
  const acting = organisation
    .givenBy(work)
    .flatMap(({ holder }) => holdersOf(organisation, holder))
    .map(({ id }) => id)
    .filter((id) => couldDo(organisation, id, work));
  const all = [...new Set(holders.length > 0 ? holders : acting)].toSorted();
  const [only] = all;
  if (only !== undefined && all.length === 1) return { ok: true, official: only };
  const who = all.length === 0 ? 'nobody may' : `several may: ${all.join(', ')}; name one of them`;
  return refuse('unknown-official', `expected one who may act as ${work.role} of ${work.unit} today; ${who}`);
}

function substituteOf(
  organisation: Organisation,
  absence: NonNullable<ReturnType<typeof absenceFrom>>,
  work: Work,
): Addressed {
  const { id: instrument, for: away, holder, until } = absence;
  const { official = '', unit, role } = holder;
  const standsIn = firstOf(organisation, [{ official, unit, role, instrument }], work);
  const absent = away.official ?? '';
  if (standsIn?.ok && !absenceFrom(organisation, official, holder))
    return { ok: true, addressee: { ...standsIn.addressee, insteadOf: absent } };
  const judged = judgeAuthority(organisation, { official, unit, role, instrument }, work);
  const days = until === undefined ? '' : ` until ${until}`;
  const why = judged.ok ? 'is away too' : 'may not do this';
  return {
    ok: false,
    refusal: {
      code: 'no-authority',
      detail: `official ${absent} is away${days}; ${official}, who stands in, ${why}`,
      ...(!judged.ok && judged.refusal.grounds && { grounds: judged.refusal.grounds }),
    },
  };
}

function firstOf(
  organisation: Organisation,
  ways: readonly Acting[],
  work: Work,
): Extract<Addressed, { ok: true }> | undefined {
  for (const { official, unit, role, instrument } of ways) {
    const judged = judgeAuthority(organisation, { official, unit, role, instrument }, work);
    if (!judged.ok) continue;
    const by = {
      ...(instrument !== undefined && { instrument }),
      ...(judged.onBehalfOf && { onBehalfOf: judged.onBehalfOf }),
    };
    return { ok: true, addressee: { official, own: { unit, role }, ...by } };
  }
  return undefined;
}

function refuseAll(
  organisation: Organisation,
  named: { official: string; instrument?: string | undefined },
  { ways, work }: { ways: readonly Acting[]; work: Work },
): Refused {
  const isOf = (way: Acting) => way.instrument !== undefined || isSameOffice(way, work);
  const grounds = ways.filter(isOf).flatMap((way) => {
    const judged = judgeAuthority(organisation, way, work);
    return judged.ok ? [] : (judged.refusal.grounds ?? []);
  });
  // Of the instruments that he holds for other offices nothing need be said.
  const telling = grounds.filter(
    ({ rule }) => rule !== 'other-office' && (rule !== 'not-the-holder' || ways.length === 1),
  );
  const by = named.instrument === undefined ? '' : ` by ${named.instrument}`;
  return {
    ok: false,
    refusal: {
      code: 'no-authority',
      detail: `official ${named.official} may not act as ${work.role} of ${work.unit} today${by}`,
      ...(telling.length > 0 && { grounds: telling }),
    },
  };
}
