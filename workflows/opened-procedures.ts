import type { Procedure } from '../schemas/procedure.ts';

/** A procedure that a part of a stage names, and where. */
export interface Opened {
  procedure: string;
  at: PropertyKey[];
}

/** The procedures whose dossiers one opens, as far as its text names them. What an expression gives is known when it is evaluated. */
export function openedProcedures({ stages }: Pick<Procedure, 'stages'>): Opened[] {
  return Object.entries(stages).flatMap(([id, stage]) =>
    stage.kind !== 'open'
      ? []
      : Object.entries(stage.parts).flatMap(([name, { procedure }]) => {
          const at = ['stages', id, 'parts', name, 'procedure'];
          const named =
            typeof procedure === 'string'
              ? [{ procedure, at }]
              : procedure.map((line, index) => ({ procedure: line.is, at: [...at, index, 'is'] }));
          return named.filter((each) => !each.procedure.startsWith('='));
        }),
  );
}

/** The same procedures, each after those that it opens: so they can be published one after another. */
export function inOrderOfOpening<T>(all: readonly T[], procedureOf: (each: T) => Procedure): T[] {
  const ordered = new Set<T>();
  const add = (each: T, above: readonly T[]): void => {
    if (ordered.has(each) || above.includes(each)) return;
    for (const { procedure } of openedProcedures(procedureOf(each)))
      all
        .filter((other) => procedureOf(other).procedure === procedure)
        .forEach((other) => {
          add(other, [...above, each]);
        });
    ordered.add(each);
  };
  all.forEach((each) => {
    add(each, []);
  });
  return [...ordered];
}
