import type { Appointment, Instrument, Official } from '../../../schemas/organisation.ts';

/** Somebody acts: in which office of his own, by which instrument, how surely it is he. */
export interface Act {
  official: string;
  unit: string;
  role: string;
  instrument: string | undefined;
  assurance: 'system' | 'login' | 'signature';
}

export interface World {
  day: string;
  officials: readonly Official[];
  instruments: readonly Instrument[];
  work: { unit: string; role: string; procedure: string; stage: string; step: string };
  least: 'system' | 'login' | 'signature';
  /** Who decided the stage from which this one is separate, and for whom. */
  before: readonly string[];
  act: Act;
}

/**
 * The law once more, as plainly as can be: every way in which somebody may act is written out and tried. Shares nothing with the rules but the shape of their data.
 * `hands`: by whose hands it would be done, one list for each way that is open.
 */
export function waysToAct(world: World): string[][] {
  const { act, work, day, officials, instruments } = world;
  const within = (span: { from: string; until?: string | undefined }, when: string) =>
    when >= span.from && (span.until === undefined || when <= span.until);
  const appointments = officials.flatMap((official) =>
    official.appointments.map((own): Appointment & { who: string } => ({ ...own, who: official.id })),
  );
  const holds = (who: string, unit: string, role: string, when: string) =>
    appointments.some((own) => own.who === who && own.unit === unit && own.role === role && within(own, when));
  const valid = (i: Instrument): boolean => {
    if (!within(i, day)) return false;
    if (i.holder.role === 'helper') return false;
    if (i.procedures !== undefined && !i.procedures.includes(work.procedure)) return false;
    if (i.stages !== undefined && !i.stages.includes(work.stage)) return false;
    if (work.step === 'personal1' && i.kind === 'substitute') return false;
    if (work.step === 'organisation' && i.kind !== 'substitute') return false;
    if (i.for.official !== undefined && !holds(i.for.official, i.for.unit, i.for.role, day)) return false;
    return i.signedBy === undefined || holds(i.signedBy, i.for.unit, i.for.role, i.dated ?? i.from);
  };
  const personsOf = (i: Instrument) =>
    appointments
      .filter((own) => own.unit === i.for.unit && own.role === i.for.role && within(own, day))
      .map(({ who }) => who)
      .filter((who) => i.for.official === undefined || i.for.official === who);

  if (act.role === 'helper' || !holds(act.official, act.unit, act.role, day)) return [];
  if (act.instrument === undefined) return act.unit === work.unit && act.role === work.role ? [[act.official]] : [];
  const mine = instruments.filter(
    (i) =>
      i.id === act.instrument &&
      i.holder.unit === act.unit &&
      i.holder.role === act.role &&
      (i.holder.official === undefined || i.holder.official === act.official) &&
      valid(i),
  );
  const ways: string[][] = [];
  for (const last of mine) {
    if (last.for.unit === work.unit && last.for.role === work.role) ways.push([act.official, ...personsOf(last)]);
    else if (last.kind === 'deputy')
      for (const first of instruments)
        if (
          first.kind === 'by-order' &&
          first.for.unit === work.unit &&
          first.for.role === work.role &&
          first.holder.unit === last.for.unit &&
          first.holder.role === last.for.role &&
          first.holder.official === undefined &&
          valid(first)
        )
          ways.push([act.official, ...personsOf(first), ...personsOf(last)]);
  }
  return ways;
}

/** Whether the proof is enough: a signature in person is proved by nothing less, whatever the task says. */
export function isProved({ act, least, work }: World): boolean {
  const needed = work.step === 'personal1' ? 'signature' : least;
  if (needed === 'system') return true;
  if (needed === 'login') return act.assurance !== 'system';
  return act.assurance === 'signature';
}

/** Whether one of these ways keeps apart what must be done by different hands. */
export function isSeparate(world: World, hands: readonly string[]): boolean {
  return !hands.some((id) => world.before.includes(id));
}
