import * as z from 'zod';

/** Values by name, at most so many. They are counted before the first is looked at, as zod does it with lists: it tells each fault of each, and a body has room for a hundred thousand. */
export function mapOf<K extends z.core.$ZodRecordKey, V extends z.ZodType>(
  name: K,
  value: V,
  { most }: { most: number },
): z.ZodPreprocess<z.ZodRecord<K, V>> {
  return z.preprocess(
    (sent, context) => {
      if (typeof sent !== 'object' || sent === null || Object.keys(sent).length <= most) return sent;
      context.addIssue({ code: 'too_big', origin: 'record', maximum: most, inclusive: true });
      return z.NEVER;
    },
    z.record(name, value),
  );
}
