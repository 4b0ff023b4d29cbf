import type { Seal, Seals } from '../domain/ports/signing.ts';

/** Seals that are opened when first asked for and then kept. One that could not be had is asked for anew. */
export function rememberedSeals(open: (unit: string) => Promise<Seal>): Seals {
  const known = new Map<string, Promise<Seal>>();
  return {
    of(unit) {
      let seal = known.get(unit);
      if (!seal) {
        seal = open(unit);
        known.set(unit, seal);
        seal.catch(() => known.delete(unit));
      }
      return seal;
    },
  };
}
