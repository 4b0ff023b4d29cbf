import { readFileSync } from 'node:fs';
import { MeasuredCounts, type PriceTable } from '../../../schemas/cost.ts';
import { compile } from '../../../workflows/compiler/compile.ts';
import { costOf } from '../../../workflows/cost/cost.ts';
import { readPrices } from '../../../workflows/cost/read-prices.ts';
import { countTransitions } from '../../../workflows/cost/transitions.ts';
import { GOLDEN_FUNCTIONS } from '../golden-asl.ts';
import { procedureWith } from '../procedure-with.ts';

const text = readFileSync(new URL('../../../workflows/cost/aws-ap-southeast-1.yaml', import.meta.url), 'utf8');
const machine = compile(
  procedureWith({
    verify: { kind: 'verify', by: 'officer', then: { valid: 'grant', invalid: 'refuse' } },
    grant: { kind: 'notify', result: 'granted' },
    refuse: { kind: 'notify', result: 'refused' },
  }),
  { functions: GOLDEN_FUNCTIONS },
).definition;

describe('the transitions of a way', () => {
  it('are the states entered, with start and end', () => {
    const way = [
      { stage: 'verify', next: 'grant' },
      { stage: 'grant', next: 'end' },
    ];
    // start, router, verify, verify.next, grant, end
    expect(countTransitions(machine, way)).toBe(6);
  });

  it.each([
    ['begins nowhere', []],
    ['begins at a stage that is not there', [{ stage: 'sign', next: 'end' }]],
    ['leads elsewhere', [{ stage: 'verify', next: 'sign' }]],
    [
      'jumps',
      [
        { stage: 'verify', next: 'grant' },
        { stage: 'refuse', next: 'end' },
      ],
    ],
    ['does not end', [{ stage: 'verify', next: 'grant' }]],
  ])('are not told of a way that %s', (_what, way) => {
    expect(countTransitions(machine, way)).toBeUndefined();
  });
});

describe('the cost of a dossier', () => {
  const zero = { dynamodb: 0, kms: 0, s3: 0, stepFunctions: 0, mail: 0, outside: 0 };
  const counts = MeasuredCounts.parse({
    procedure: 'sample',
    version: '1.0.0',
    definition: '0'.repeat(64),
    scenario: 'one way',
    dossiers: 1,
    way: [{ stage: 'verify', next: 'end' }],
    statesEntered: 2,
    apiRequests: 2,
    events: 3,
    outboxRows: 1,
    signatures: 3,
    keyRequests: 4,
    objectWrites: 5,
    objectReads: 6,
    mails: 7,
    tableBytes: 1000,
    objectBytes: 2000,
    functions: {
      api: { invocations: 2, calls: { ...zero, dynamodb: 10 }, writeUnits: 20, indexUnits: 5, readUnits: 30 },
      'acting-stage': { invocations: 1, calls: { ...zero, mail: 1 }, writeUnits: 1, indexUnits: 0, readUnits: 2 },
    },
  });
  const read = readPrices(text);
  const prices: PriceTable = {
    ...(read.ok ? read.prices : (undefined as never)),
    milliseconds: { work: 100, dynamodb: 10, kms: 1, s3: 1, stepFunctions: 1, mail: 200, outside: 1 },
    logBytes: 1000,
  };

  it('is what each item counts, times its price', () => {
    const { items, perDossier, total, keptPerMonth } = costOf(counts, 4, prices, 1000);
    expect(Object.fromEntries(items.map(({ item, count }) => [item, count]))).toEqual({
      transition: 4,
      invocation: 3,
      // Two invocations of 100 ms and ten calls of 10 ms at 1 GB; one with a call of 200 ms at half of it.
      gigabyteSecond: expect.closeTo(0.3 + 0.15, 9) as number,
      apiRequest: 2,
      writeUnit: 21,
      readUnit: 32,
      objectWrite: 5,
      objectRead: 6,
      signature: 3,
      keyRequest: 4,
      mail: 7,
      logGigabyte: 3e-6,
    });
    const transition = items.find(({ item }) => item === 'transition')!;
    expect(transition.usd).toBeCloseTo(4 * 0.000025, 12);
    expect(perDossier).toBeCloseTo(
      items.reduce((sum, { usd }) => sum + usd, 0),
      12,
    );
    expect(total).toBeCloseTo(perDossier * 1000, 9);
    expect(keptPerMonth).toBeCloseTo(
      (1000 * prices.kept.tableGigabyte.usd + 2000 * prices.kept.objectGigabyte.usd) / 1e9,
      15,
    );
  });

  it('is refused for a function that is not deployed', () => {
    const functions = { clerk: counts.functions['api']! };
    expect(() => costOf({ ...counts, functions }, 4, prices, 1)).toThrow('got clerk');
  });
});

describe('a price table', () => {
  it('is refused at each place that does not hold', () => {
    expect(readPrices('region: [')).toMatchObject({ ok: false });
    expect(readPrices(text.replace(/^date: .*$/m, ''))).toMatchObject({
      ok: false,
      problem: expect.stringContaining('date') as string,
    });
    expect(readPrices(text.replace('usd: 0.025, per: 1000', 'usd: cheap, per: 1000'))).toMatchObject({
      problem: expect.stringContaining('prices.transition.usd') as string,
    });
  });

  it('says of every price where it was read, and whether', () => {
    const read = readPrices(text);
    const all = read.ok ? Object.values(read.prices.prices) : [];
    expect(all.length).toBeGreaterThan(10);
    for (const { source, usd } of all)
      expect([source, usd]).toEqual([expect.stringMatching(/^https:\/\/aws\.amazon\.com\//), expect.any(Number)]);
  });
});
