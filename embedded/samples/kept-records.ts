import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';

type Data = Readonly<Record<string, unknown>>;

/** What registers of other authorities keep of persons or buildings, and change or put back when they are told to. */
const KEPT: Readonly<Record<string, Readonly<Record<string, Data>>>> = {
  'insurance-records': {
    '001190004411': { address: 'Xã Đông Anh, Hà Nội', hospital: 'BV-DONG-ANH' },
    '001192007733': { address: 'Xã Thư Lâm, Hà Nội', hospital: 'TYT-THU-LAM' },
  },
  'allowance-payments': {
    '001165002288': { account: '', monthly: 0 },
  },
  'building-register': {
    '120654321': { status: 'planned' },
  },
  'tax-records': {
    '001190004411': { address: 'Xã Đông Anh, Hà Nội', office: 'Thuế cơ sở 7' },
    '001192007733': { address: 'Xã Thư Lâm, Hà Nội' },
  },
};

export const KEEPERS: readonly string[] = Object.keys(KEPT);

/** By what a message names whose record it is about. */
function keyOf(system: string): 'person' | 'building' {
  return system === 'building-register' ? 'building' : 'person';
}

/** A change, or what stood before a change and what it made, so that nobody's later change is lost. */
const Told = z.union([
  z.strictObject({ restore: z.record(z.string(), z.unknown()), instead: z.record(z.string(), z.unknown()) }),
  z.object({ restore: z.undefined().optional() }).catchall(z.unknown()),
]);
const Message = z.record(z.string(), z.unknown());

type Answered = { outcome: 'done'; data: { before: Data; after: Data } & Data } | { outcome: 'refused'; data: Data };

/** The records of one register. */
export class KeptRecords {
  readonly #records: Map<string, Data>;
  readonly #key: 'person' | 'building';

  constructor(system: string) {
    this.#records = new Map(Object.entries(KEPT[system] ?? {}));
    this.#key = keyOf(system);
  }

  of(person: string): Data | undefined {
    return this.#records.get(person);
  }

  /** Answers with what stood before and what stands now. Refuses to put back what somebody has changed since. */
  tell(message: unknown): Answered {
    const { [this.#key]: id, ...said } = Message.safeParse(message).data ?? {};
    const told = Told.safeParse(said);
    if (!told.success || typeof id !== 'string') return { outcome: 'refused', data: { reason: 'not-understood' } };
    const { restore, ...more } = told.data;
    const before = this.#records.get(id);
    if (!before) return { outcome: 'refused', data: { reason: `${this.#key}-unknown` } };
    if (restore !== undefined && !isDeepStrictEqual(before, more['instead']))
      return { outcome: 'refused', data: { reason: 'changed-since' } };
    const after = restore ?? { ...before, ...more };
    this.#records.set(id, after);
    return { outcome: 'done', data: { [this.#key]: id, before, after } };
  }

  /** What an answer, given before a restart, has made. */
  remember(answer: unknown): void {
    const { [this.#key]: id, after } = answer as { person?: string; building?: string; after?: Data };
    if (id !== undefined && after !== undefined) this.#records.set(id, after);
  }
}
