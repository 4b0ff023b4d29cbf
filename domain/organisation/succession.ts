import type { Unit } from '../../schemas/organisation.ts';
import type { Reorganisation } from '../../schemas/reorganisation.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';

type Taking = Pick<Reorganisation, 'at' | 'moves'>;

/** Who stands in a unit's place at an instant: the units that took over, in the order named; itself alone where it goes on. */
export function successorsOf(
  reorganisations: readonly Taking[],
  unit: string,
  { procedure, now }: { procedure?: string | undefined; now: number },
): string[] {
  let standing = [unit];
  for (const { moves } of inForce(reorganisations, now))
    standing = [
      ...new Set(
        standing.flatMap((each) => {
          const ofUnit = moves.filter(({ from }) => from === each);
          const named = ofUnit.find(({ procedures }) => procedure !== undefined && procedures?.includes(procedure));
          return (named ?? ofUnit.find(endsUnit))?.to ?? each;
        }),
      ),
    ];
  return standing;
}

/** Whether a unit has handed everything on. */
export function hasEnded(reorganisations: readonly Taking[], unit: string, now: number): boolean {
  return inForce(reorganisations, now).some(({ moves }) => moves.some((move) => endsUnit(move) && move.from === unit));
}

/** The units that may be found competent at an instant, each with the areas that it has taken over. */
export function unitsInForce(units: readonly Unit[], reorganisations: readonly Taking[], now: number): Unit[] {
  const inherited = new Map<string, string[]>();
  for (const unit of units) {
    if (!hasEnded(reorganisations, unit.id, now)) continue;
    const [only, second] = successorsOf(reorganisations, unit.id, { now });
    // Of a unit that was split, who has which area is said by the new ones themselves.
    if (only !== undefined && second === undefined) inherited.set(only, [...(inherited.get(only) ?? []), ...unit.area]);
  }
  return units
    .filter(({ id, from }) => !hasEnded(reorganisations, id, now) && (from === undefined || Date.parse(from) <= now))
    .map((unit) => {
      const more = inherited.get(unit.id);
      return more ? { ...unit, area: [...new Set([...unit.area, ...more])] } : unit;
    });
}

/** Whether a reorganisation can be planned beside the others. */
export function refuseReorganisation(
  planned: Reorganisation,
  others: readonly Reorganisation[],
  units: readonly Unit[],
  now: number,
): Refused | undefined {
  const at = Date.parse(planned.at);
  if (at <= now) return refuse('effective-invalid', `expected an instant that is to come, got ${planned.at}`);
  const known = new Map(units.map((unit) => [unit.id, unit]));
  const beside = [...others.filter(({ id }) => id !== planned.id), planned];
  for (const [index, move] of planned.moves.entries()) {
    const place = `/moves/${index}`;
    const wrong = (where: string, expected: string, found: string): Refused =>
      refuse('unknown-unit', `${place}${where}: expected ${expected}, got ${found}`, [
        { at: `${place}${where}`, expected, found },
      ]);
    if (!known.has(move.from)) return wrong('/from', 'a unit', move.from);
    for (const [position, to] of move.to.entries()) {
      const where = `/to/${position}`;
      if (!known.has(to)) return wrong(where, 'a unit', to);
      if (to === move.from) return wrong(where, 'another unit than the one that hands on', to);
      if (hasEnded(beside, to, at)) return wrong(where, `a unit that is still there on ${planned.at}`, to);
      const begins = known.get(to)?.from;
      if (begins !== undefined && Date.parse(begins) > at)
        return wrong(where, `a unit that is there on ${planned.at}`, `${to}, which begins ${begins}`);
    }
    if (
      endsUnit(move) &&
      others.some((other) => other.id !== planned.id && at <= Date.parse(other.at) && takesOver(other, move.from))
    )
      return wrong('/from', 'a unit to which nothing is handed on later', move.from);
    const same = beside
      .flatMap(({ moves }) => moves)
      .filter((other) => other.from === move.from && overlap(other, move));
    if (same.length > 1) return wrong('/from', 'a unit that hands on once', `${move.from}, which does so twice`);
  }
  return undefined;
}

type Move = Reorganisation['moves'][number];

function endsUnit({ procedures }: Move): boolean {
  return procedures === undefined;
}

function takesOver({ moves }: Reorganisation, unit: string): boolean {
  return moves.some(({ to }) => to.includes(unit));
}

/** A procedure may be handed on before its unit ends, not twice. */
function overlap(a: Move, b: Move): boolean {
  if (a === b || (endsUnit(a) && endsUnit(b))) return true;
  const others = new Set(b.procedures);
  return a.procedures?.some((procedure) => others.has(procedure)) ?? false;
}

function inForce<T extends Taking>(reorganisations: readonly T[], now: number): T[] {
  return reorganisations
    .filter(({ at }) => Date.parse(at) <= now)
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
