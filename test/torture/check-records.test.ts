import { generateKeyPairSync, sign } from 'node:crypto';
import { canonical, detachedJws, jwsHeader, jwsSigningInput, sha256 } from '../../domain/chain.ts';
import type { ChainedEvent } from '../../schemas/events.ts';
import { type Aftermath, findBrokenPromises } from './check-records.ts';
import type { Acknowledged } from './client.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const HEADER = jwsHeader('key');
type Data = Record<string, unknown>;
type Body = [type: string, data: Data];

/** A record that is rightly chained and signed, whatever it says. */
function record(dossier: string, bodies: readonly Body[]): ChainedEvent[] {
  let prev: string | null = null;
  return bodies.map(([type, data], index) => {
    const at = '2026-11-23T03:00:00.000Z';
    const event = { v: 1, dossier, seq: index + 1, at, type, actor: { kind: 'platform' as const }, data, prev };
    const payload = canonical(event);
    prev = sha256(payload);
    const value = sign('sha256', jwsSigningInput(HEADER, payload), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    return { event, hash: prev, jws: detachedJws(HEADER, value) };
  });
}

const bodies = (dossier: string, number: number): Body[] => [
  ['DossierSubmitted', { reference: `R-${dossier}`, receivingUnit: 'office', documents: [] }],
  ['StageEntered', { run: 1, stage: 'approve', visit: 1, tasks: [{ task: `${dossier}.approve.1` }] }],
  ['TaskDecided', { task: `${dossier}.approve.1`, stage: 'approve', visit: 1, outcome: 'approved' }],
  ['StageLeft', { run: 1, stage: 'approve', visit: 1, outcome: 'approved', next: 'sign' }],
  ['NumberTaken', { register: 'letters', unit: 'office', year: 2026, number, issue: 'letter', copy: 1 }],
  ['DossierClosed', { result: 'granted' }],
];

function acknowledged(dossier: string, events: readonly ChainedEvent[]): Acknowledged[] {
  const told = (seq: number) => {
    const body = JSON.stringify({ id: dossier, head: { seq, hash: events[seq - 1]?.hash } });
    return [
      { status: 200, body },
      { status: 200, body },
    ];
  };
  const command = { method: 'POST', path: '/', body: '' } as const;
  const task = `${dossier}.approve.1`;
  return [
    { command: { ...command, kind: 'submission', key: `submit-${dossier}` }, answers: told(1) },
    {
      command: { ...command, kind: 'decision', key: `decide-${dossier}`, task, outcome: 'approved' },
      answers: told(4),
    },
  ];
}

/** Two dossiers of which everything is told; the second one's events changed before or its record after it was told. */
function aftermath(change: { told?: (bodies: Body[]) => Body[]; later?: (bodies: Body[]) => Body[] } = {}): Aftermath {
  const [one, two] = [record('d1', bodies('d1', 1)), record('d2', (change.told ?? same)(bodies('d2', 2)))];
  const kept = change.later ? record('d2', change.later(bodies('d2', 2))) : two;
  return {
    acknowledged: [...acknowledged('d1', one), ...acknowledged('d2', two)],
    records: new Map([
      ['d1', one],
      ['d2', kept],
    ]),
    keyOf: (kid) => (kid === 'key' ? publicKey : undefined),
  };
}
const same = (list: Body[]): Body[] => list;
const without = (type: string) => (list: Body[]) => list.filter(([each]) => each !== type);
const twice = (type: string) => (list: Body[]) => list.flatMap((body) => (body[0] === type ? [body, body] : [body]));
const withData = (type: string, data: Data) => (list: Body[]) =>
  list.map(([each, old]): Body => [each, each === type ? { ...old, ...data } : old]);

describe('the checker of a killed run', () => {
  it('finds nothing where every promise is kept', () => {
    expect(findBrokenPromises(aftermath())).toEqual([]);
  });

  it.each([
    ['a lost decision', { later: without('TaskDecided') }, 'decide-d2: recorded 0 times'],
    ['a decision recorded twice', { told: twice('TaskDecided') }, 'decide-d2: recorded 2 times'],
    ['another outcome', { told: withData('TaskDecided', { outcome: 'rejected' }) }, 'another outcome than approved'],
    ['a decision that nobody commanded', { told: withData('TaskDecided', { task: 'd2.sign.1' }) }, 'decided by nobody'],
    ['a number taken twice', { told: withData('NumberTaken', { number: 1 }) }, 'number 1 twice'],
    ['a gap in the numbers', { told: withData('NumberTaken', { number: 3 }) }, '2 numbers from 1 to 3'],
    ['numbers that do not begin at 1', { told: withData('NumberTaken', { number: 0 }) }, 'numbers from 0'],
    ['a dossier that never ended', { told: without('DossierClosed') }, 'd2: not complete'],
    ['a stage left twice', { told: twice('StageLeft') }, 'StageLeft "approve" 1 twice'],
    ['the same reference given twice', { told: withData('DossierSubmitted', { reference: 'R-d1' }) }, 'reference R-d1'],
    ['an acknowledged event that was cut off', { later: (list: Body[]) => list.slice(0, 2) }, 'acknowledged event 4'],
    ['a record that was rewritten', { later: withData('StageLeft', { next: 'end' }) }, 'acknowledged event 4'],
  ])('finds %s', (_, change, fault) => {
    expect(findBrokenPromises(aftermath(change)).join('\n')).toContain(fault);
  });

  it('finds a dossier that is gone', () => {
    const left = aftermath();
    const records = new Map([...left.records].filter(([id]) => id === 'd1'));
    expect(findBrokenPromises({ ...left, records }).join('\n')).toContain('dossier d2 is not there');
  });

  it('finds a dossier that a retry made a second time', () => {
    const left = aftermath();
    const records = new Map([...left.records, ['d3', record('d3', bodies('d3', 3))]]);
    expect(findBrokenPromises({ ...left, records }).join('\n')).toContain('dossier d3 was acknowledged to nobody');
  });

  it('finds a retry that was told something else', () => {
    const left = aftermath();
    left.acknowledged[2]?.answers.push({ status: 409, body: '{}' });
    expect(findBrokenPromises(left).join('\n')).toContain('submit-d2: / answered 200 and then something else (409)');
  });

  it('finds a broken signature', () => {
    const left = aftermath();
    const events = [...(left.records.get('d2') ?? [])].map((event) => ({ ...event, jws: `${HEADER}..AAAA` }));
    const records = new Map([...left.records, ['d2', events]]);
    expect(findBrokenPromises({ ...left, records }).join('\n')).toContain('the chain breaks at event 1');
  });
});
