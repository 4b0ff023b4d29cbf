import type { Unit } from '../../schemas/organisation.ts';

export type NamedUnit = Pick<Unit, 'id' | 'name' | 'parent'>;

/** Names of units by id, for people who choose among them: of one name, each is followed by the unit above it, or else by its id. */
export function namesApart(units: readonly NamedUnit[], all: readonly NamedUnit[] = units): Map<string, string> {
  const above = new Map(all.map(({ id, name }) => [id, name]));
  const isAlone = alone(units.map(({ name }) => name));
  const names = units.map(({ id, name, parent }) =>
    isAlone(name) ? name : `${name} (${above.get(parent ?? '') ?? parent ?? id})`,
  );
  const isApart = alone(names);
  return new Map(
    units.map(({ id, name }, index) => {
      const told = names[index] ?? name;
      return [id, isApart(told) ? told : `${name} (${id})`];
    }),
  );
}

function alone(names: readonly string[]): (name: string) => boolean {
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  return (name) => times.get(name) === 1;
}
