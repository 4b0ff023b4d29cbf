import { TaskTerminal } from '../domain/failures.ts';
import type { Seal, Seals } from '../domain/ports/signing.ts';

/** Seals that are opened when first asked for and then kept. One that could not be had is asked for anew. `held`: absent where opening makes none. */
export function rememberedSeals(open: (unit: string) => Promise<Seal>, held?: Seals['held']): Seals {
  const known = new Map<string, Promise<Seal>>();
  const seals: Seals = {
    async held(unit) {
      if (held) return held(unit);
      const seal = await seals.of(unit).catch((error: unknown) => {
        if (error instanceof TaskTerminal) return undefined;
        throw error;
      });
      return seal?.certificateChain();
    },
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
  return seals;
}
