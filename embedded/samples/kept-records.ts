import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

type Data = Readonly<Record<string, unknown>>;

/** What registers of other authorities keep of persons, and change or put back when they are told to. */
const KEPT: Readonly<Record<string, Readonly<Record<string, Data>>>> = {
  'insurance-records': {
    '001190004411': { address: 'Xã Đông Anh, Hà Nội', hospital: 'BV-DONG-ANH' },
    '001192007733': { address: 'Xã Thư Lâm, Hà Nội', hospital: 'TYT-THU-LAM' },
  },
  'allowance-payments': {
    '001165002288': { account: '', monthly: 0 },
  },
  'tax-records': {
    '001190004411': { address: 'Xã Đông Anh, Hà Nội', office: 'Thuế cơ sở 7' },
    '001192007733': { address: 'Xã Thư Lâm, Hà Nội' },
  },
};

export const KEEPERS: readonly string[] = Object.keys(KEPT);

/** A change, or what stood before a change and what it made, so that nobody's later change is lost. */
const Told = z.union([
  z.strictObject({
    person: z.string(),
    restore: z.record(z.string(), z.unknown()),
    instead: z.record(z.string(), z.unknown()),
  }),
  z.object({ person: z.string(), restore: z.undefined().optional() }).catchall(z.unknown()),
]);

type Answered =
  { outcome: 'done'; data: { person: string; before: Data; after: Data } } | { outcome: 'refused'; data: Data };

/** The records of one register. */
export class KeptRecords {
  readonly #records: Map<string, Data>;

  constructor(system: string) {
    this.#records = new Map(Object.entries(KEPT[system] ?? {}));
  }

  of(person: string): Data | undefined {
    return this.#records.get(person);
  }

  /** Answers with what stood before and what stands now. Refuses to put back what somebody has changed since. */
  tell(message: unknown): Answered {
    const told = Told.safeParse(message);
    if (!told.success) return { outcome: 'refused', data: { reason: 'not-understood' } };
    const { person, restore, ...more } = told.data;
    const before = this.#records.get(person);
    if (!before) return { outcome: 'refused', data: { reason: 'person-unknown' } };
    if (restore !== undefined && !isDeepStrictEqual(before, more['instead']))
      return { outcome: 'refused', data: { reason: 'changed-since' } };
    const after = restore ?? { ...before, ...more };
    this.#records.set(person, after);
    return { outcome: 'done', data: { person, before, after } };
  }

  /** What an answer, given before a restart, has made. */
  remember(answer: unknown): void {
    const { person, after } = answer as { person?: string; after?: Data };
    if (person !== undefined && after !== undefined) this.#records.set(person, after);
  }
}
