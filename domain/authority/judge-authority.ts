import type { OnBehalfOf } from '../../schemas/actor.ts';
import type { Instrument, Office, Official } from '../../schemas/organisation.ts';
import { type Ground, type Refused, refuseFor } from '../../schemas/refusals.ts';
import { capacityOf } from './capacity.ts';
import {
  appointmentOn,
  holdersOf,
  isInForce,
  isSameOffice,
  type OfficeName,
  type Organisation,
} from './organisation.ts';
import { HELPER_ROLE, LAW, mayPassOn, opensStep } from './rules.ts';

/** Who wants to act: an official in an appointment of his own, by an instrument where the office is not his. */
export interface Acting extends OfficeName {
  official: string;
  /** Id of the instrument that he holds. */
  instrument?: string | undefined;
}

/** What is to be done: a step of a stage, the work of an office. */
export interface Work extends OfficeName {
  procedure: string;
  stage: string;
  /** `decision`, or a step of a signature. */
  step: string;
}

export type Judgement = { ok: true; onBehalfOf?: OnBehalfOf } | Refused;

/** Whether an official may fill this office at this moment. A refusal names the rule, the instrument or appointment, and its days. */
export function judgeAuthority(organisation: Organisation, acting: Acting, work: Work): Judgement {
  const official = organisation.official(acting.official);
  if (!official) return refuseFor('unknown-official', `expected an official, got ${acting.official}`);
  if (acting.role === HELPER_ROLE)
    return refuseFor('no-authority', 'a helper’s session decides and signs nothing', { rule: 'helper' });
  const unheld = refuseOwnOffice(organisation, official, acting);
  if (unheld) return unheld;
  if (acting.instrument !== undefined) return judgeInstrument(organisation, official, acting, work);
  return isSameOffice(acting, work) ? { ok: true } : refuseOtherOffice(organisation, official, acting, work);
}

/** Whether the official does not hold the appointment that he wants to act in today, and when he does. */
export function refuseOwnOffice(
  organisation: Organisation,
  official: Official,
  { unit, role }: OfficeName,
): Refused | undefined {
  const today = organisation.today(unit);
  if (today !== undefined && appointmentOn(official, { unit, role }, today)) return undefined;
  const others = official.appointments.filter((appointment) => isSameOffice(appointment, { unit, role }));
  const nearest = others.find(({ from }) => today !== undefined && from > today) ?? others.at(-1);
  const days = nearest && ` (${daysOf(nearest)})`;
  return refuseFor(
    'not-entitled',
    `official ${official.id} holds no appointment today as ${role} in ${unit}${days ?? ''}`,
    { rule: 'appointment', official: official.id, ...(nearest && daysIn(nearest)) },
  );
}

/** Somebody acts in an office that is not his and names no instrument: he is told by which he could. */
function refuseOtherOffice(organisation: Organisation, official: Official, acting: Acting, work: Work): Refused {
  const fitting = organisation
    .heldBy(acting)
    .filter(({ id }) => judgeInstrument(organisation, official, { ...acting, instrument: id }, work).ok);
  const hint = fitting.length === 0 ? '' : `; he may act on behalf of it by ${fitting.map(({ id }) => id).join(', ')}`;
  const code = acting.unit === work.unit ? 'wrong-role' : 'wrong-unit';
  const [expected, came] = code === 'wrong-role' ? [work.role, acting.role] : [work.unit, acting.unit];
  return refuseFor(
    code,
    `expected ${code === 'wrong-role' ? 'role' : 'unit'} ${expected}, acted in ${came}${hint}`,
    ...fitting.map((instrument): Ground => groundOf('other-office', instrument)),
  );
}

function judgeInstrument(organisation: Organisation, official: Official, acting: Acting, work: Work): Judgement {
  const named = organisation.instrument(acting.instrument ?? '');
  if (!named)
    return refuseFor('no-authority', `expected an instrument that is registered, got ${acting.instrument ?? 'none'}`, {
      rule: 'unknown-instrument',
      ...(acting.instrument !== undefined && { instrument: acting.instrument }),
    });
  const against = refuseHolder(named, acting) ?? refuseInstrument(organisation, named, work);
  if (against) return against;
  const act = (...instruments: [Instrument, ...Instrument[]]) =>
    actBy(organisation, { official, own: acting, work }, instruments);
  if (isSameOffice(named.for, work)) return act(named);
  const giving = organisation.heldBy(named.for).filter((instrument) => isSameOffice(instrument.for, work));
  const refusals: Refused[] = [];
  for (const given of giving) {
    const refused = refuseInstrument(organisation, given, work) ?? refusePassingOn(given, named);
    if (!refused) return act(given, named);
    refusals.push(refused);
  }
  const elsewhere = `instrument ${named.id} is for ${written(named.for)}, the work is that of ${written(work)}`;
  return refusals[0] ?? refuseFor('no-authority', elsewhere, groundOf('other-office', named));
}

function actBy(
  organisation: Organisation,
  { official, own, work }: { official: Official; own: OfficeName; work: OfficeName },
  instruments: readonly Instrument[],
): Judgement {
  const officials = instruments.flatMap((instrument) => holdersOf(organisation, instrument.for)).map(({ id }) => id);
  return {
    ok: true,
    onBehalfOf: {
      unit: work.unit,
      role: work.role,
      officials: [...new Set(officials)].filter((id) => id !== official.id).toSorted(),
      instruments: instruments.map(({ id, kind, number }) => ({ id, kind, ...(number !== undefined && { number }) })),
      capacity: capacityOf(organisation, official, own, instruments),
    },
  };
}

function refuseHolder(named: Instrument, acting: Acting): Refused | undefined {
  const { holder } = named;
  const isHolder = isSameOffice(holder, acting) && (holder.official ?? acting.official) === acting.official;
  if (isHolder) return undefined;
  const came = `${acting.official} in ${written(acting)}`;
  return refuseFor(
    'no-authority',
    `instrument ${named.id} is held by ${written(holder)}, not by ${came}`,
    groundOf('not-the-holder', named),
  );
}

/** What an instrument does not do today: it is not in force, does not cover this, or was never given by who could give it. */
function refuseInstrument(organisation: Organisation, instrument: Instrument, work: Work): Refused | undefined {
  const { id, kind, procedures, stages } = instrument;
  const no = (rule: Ground['rule'], detail: string) => refuseFor('no-authority', detail, groundOf(rule, instrument));
  const today = organisation.today(instrument.for.unit);
  if (today === undefined || !isInForce(instrument, today))
    return no('not-in-force', `instrument ${id} is in force ${daysOf(instrument)}; today is ${today ?? 'unknown'}`);
  if (instrument.for.official !== undefined && holdersOf(organisation, instrument.for).length === 0)
    return no(
      'not-in-force',
      `instrument ${id} fell with ${instrument.for.official}, who is not ${written(instrument.for)} today`,
    );
  if (procedures && !procedures.includes(work.procedure))
    return no('not-covered', `instrument ${id} covers procedures ${procedures.join(', ')}, not ${work.procedure}`);
  if (stages && !stages.includes(work.stage))
    return no('not-covered', `instrument ${id} covers stages ${stages.join(', ')}, not ${work.stage}`);
  if (!opensStep(kind, work.step))
    return no('not-this-step', `instrument ${id} is of kind ${kind}: step ${work.step} is not done by it`);
  if (instrument.holder.role === HELPER_ROLE)
    return no('helper', `instrument ${id} is held by a helper, who decides and signs nothing`);
  return refuseGrantor(organisation, instrument);
}

/** Power is given by who holds it himself, on the day on which it was given: not by who only exercises it for another. */
export function refuseGrantor(organisation: Organisation, instrument: Instrument): Refused | undefined {
  const { id, signedBy, dated, from } = instrument;
  if (signedBy === undefined) return undefined;
  const signer = organisation.official(signedBy);
  const day = dated ?? from;
  if (signer && appointmentOn(signer, instrument.for, day)) return undefined;
  const lent = organisation
    .givenBy(instrument.for)
    .find((other) => other.id !== id && isInForce(other, day) && signer && isHeldBy(other.holder, signer, day));
  if (lent)
    return refuseFor(
      'no-authority',
      `${signedBy} gave instrument ${id} while acting by ${lent.id} himself, and what is given by that cannot be passed on`,
      groundOf('not-passed-on', lent),
      groundOf('not-the-grantor', instrument),
    );
  return refuseFor(
    'no-authority',
    `instrument ${id} was given on ${day} by ${signedBy}, who was not ${written(instrument.for)} then`,
    groundOf('not-the-grantor', instrument),
  );
}

function isHeldBy(holder: Office, official: Official, day: string): boolean {
  return (holder.official ?? official.id) === official.id && appointmentOn(official, holder, day) !== undefined;
}

function refusePassingOn(given: Instrument, named: Instrument): Refused | undefined {
  if (mayPassOn(given.kind, named.kind) && given.holder.official === undefined) return undefined;
  return refuseFor(
    'no-authority',
    `what instrument ${given.id} gives (${given.kind}, ${daysOf(given)}) cannot be passed on, as ${named.id} would`,
    groundOf('not-passed-on', given),
    groundOf('other-office', named),
  );
}

function groundOf(rule: Ground['rule'], instrument: Instrument): Ground {
  return { rule, legalBasis: LAW[instrument.kind], instrument: instrument.id, ...daysIn(instrument) };
}

function daysIn({ from, until }: { from: string; until?: string | undefined }): Pick<Ground, 'from' | 'until'> {
  return { from, ...(until !== undefined && { until }) };
}

function daysOf({ from, until }: { from: string; until?: string | undefined }): string {
  return until === undefined ? `from ${from} on` : `from ${from} until ${until}`;
}

function written({ unit, role }: OfficeName): string {
  return `${role} of ${unit}`;
}
