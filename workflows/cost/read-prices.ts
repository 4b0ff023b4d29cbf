import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { PriceTable } from '../../schemas/cost.ts';

/** Reads a price table from its YAML text. A refusal names each path that does not hold. */
export function readPrices(text: string): { ok: true; prices: PriceTable } | { ok: false; problem: string } {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    return { ok: false, problem: error.message };
  }
  const read = PriceTable.safeParse(value);
  return read.success ? { ok: true, prices: read.data } : { ok: false, problem: z.prettifyError(read.error) };
}
