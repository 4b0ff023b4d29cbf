import type * as z from 'zod';
import { canonical } from '../../domain/chain.ts';
import { OwnValue } from '../../schemas/own-details.ts';
import { valueAt } from '../../schemas/json-pointer.ts';
import { type Loaded, secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';

export const PrefilledShown = OwnValue.omit({ value: true });
export type PrefilledShown = z.infer<typeof PrefilledShown>;

/** Which answers of the form are a register's: as it was handed in, and not changed by a supplement since. */
export async function prefilledShown(
  { registry: records }: Pick<Platform, 'registry'>,
  loaded: Loaded,
): Promise<{ prefilled?: PrefilledShown[] }> {
  const { prefilled, secrets } = loaded.dossier;
  if (!prefilled) return {};
  const form = secretOf(loaded, secrets.form)['form'];
  const before = secretOf(loaded, FIRST)['form'];
  const isUnchanged = (at: string): boolean =>
    canonical(valueAt(form, at) ?? null) === canonical(valueAt(before, at) ?? null);
  const shown = await Promise.all(
    prefilled.map(async ({ registry, said, asOf, fields }) => {
      const known = (await records.get('connector', registry))?.record;
      const from = { registry, ...(known && { name: known.name, authority: known.authority }) };
      const when = { said, ...(asOf !== undefined && { asOf }) };
      return fields.filter(({ at }) => isUnchanged(at)).map((place) => ({ ...place, ...from, ...when }));
    }),
  );
  return { prefilled: shown.flat() };
}

/** The event by which a dossier begins. */
const FIRST = 1;
