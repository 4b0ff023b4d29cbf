import { findPaper } from '../../../functions/dossiers/check-paper.ts';
import { markOf } from '../../../functions/dossiers/paper-mark.ts';
import type { StoredEvent } from '../../../domain/ports/dossier-store.ts';
import type { IssueState } from '../../../domain/dossier/state.ts';
import { DossierStory } from '../../builders/dossier-story.ts';

const AT = { register: 'decisions', unit: 'thu-lam', year: 2026 };

function sealed(copy: number, number: number) {
  const text = `${number}/QĐ-UBND`;
  return [
    { type: 'NumberTaken', data: { ...AT, number, text, issue: 'decision', copy } },
    {
      type: 'IssueSealed',
      data: {
        issue: 'decision',
        copy,
        document: String(copy).repeat(64),
        mediaType: 'application/pdf',
        unit: 'thu-lam',
        certificate: '0'.repeat(64),
      },
    },
  ];
}

/** The record of a decision of which two copies were sealed, the first of them given up. */
function record(...bodies: { type: string; data: object }[]): StoredEvent[] {
  const [submitted] = new DossierStory().events;
  return bodies.map((body, index) => ({ event: { ...submitted, ...body, seq: index + 2 } }) as unknown as StoredEvent);
}

const twice = record(
  ...sealed(1, 7),
  { type: 'NumberVoided', data: { ...AT, number: 7, reason: 'replaced' } },
  ...sealed(2, 8),
);
const issues = { decision: { copy: 2 } as IssueState };
/** All of them left the house. */
const out = new Set(['decision.1', 'decision.2', 'letter.1']);
const known = { issues, out };

it('finds the copy that stands, and says of one that was given up that it is void', () => {
  expect(findPaper(twice, known, { number: '8/qđ-ubnd' })).toMatchObject({ number: '8/QĐ-UBND', void: false });
  expect(findPaper(twice, known, { number: '7/QĐ-UBND' })).toMatchObject({ number: '7/QĐ-UBND', void: true });
  expect(findPaper(twice, known, { sha256: '1'.repeat(64) })).toMatchObject({ number: '7/QĐ-UBND', void: true });
});

it('finds the very copy by its mark, with the dossier’s key alone', () => {
  const key = new Uint8Array(32);
  const mark = markOf(key, { issue: 'decision', copy: 1 });
  expect(findPaper(twice, { ...known, key }, { mark })).toMatchObject({ number: '7/QĐ-UBND', void: true });
  expect(findPaper(twice, { ...known, key }, { mark, number: '8/QĐ-UBND' })).toBeUndefined();
  expect(findPaper(twice, known, { mark })).toBeUndefined();
});

it('says void of the number of a paper that is given up after it went out', () => {
  const broken = record(...sealed(1, 7), { type: 'NumberVoided', data: { ...AT, number: 7, reason: 'not-issued' } });
  const state = { decision: { copy: 1 } as IssueState };
  expect(findPaper(broken, { issues: state, out }, { number: '7/QĐ-UBND' })).toMatchObject({
    void: true,
    affected: [],
  });
});

it('knows nothing of what has not left the house, a copy that was given up there least of all', () => {
  const second = { issues, out: new Set(['decision.2']) };
  expect(findPaper(twice, second, { number: '7/QĐ-UBND' })).toBeUndefined();
  expect(findPaper(twice, second, { sha256: '1'.repeat(64) })).toBeUndefined();
  expect(findPaper(twice, second, { number: '8/QĐ-UBND' })).toMatchObject({ void: false });
  expect(findPaper(twice, { issues, out: new Set() }, { number: '8/QĐ-UBND' })).toBeUndefined();
});

it('reads letters however they are composed, and finds nothing without a seal', () => {
  expect(findPaper(twice, known, { number: ' 8 / QĐ-UBND'.normalize('NFD') })).toMatchObject({ number: '8/QĐ-UBND' });
  expect(findPaper(twice.slice(0, 1), known, { number: '7/QĐ-UBND' })).toBeUndefined();
  expect(findPaper(record(sealed(1, 7)[1]!), known, { number: '' })).toBeUndefined();
});

it('asks number and digest of the same paper, where both are given', () => {
  const sha256 = '2'.repeat(64);
  expect(findPaper(twice, known, { number: '8/QĐ-UBND', sha256 })).toMatchObject({ number: '8/QĐ-UBND' });
  expect(findPaper(twice, known, { number: '9/QĐ-UBND', sha256 })).toBeUndefined();
  expect(findPaper(twice, known, { number: '8/QĐ-UBND', sha256: '1'.repeat(64) })).toBeUndefined();
});

it('takes look-alikes and leading zeros for what they are read as', () => {
  for (const number of ['08/QĐ-UBND', '8/Q\u00D0-UBND', '8/QĐ\u2013UBND'])
    expect(findPaper(twice, known, { number })).toMatchObject({ number: '8/QĐ-UBND' });
  expect(findPaper(twice, known, { number: '80/QĐ-UBND' })).toBeUndefined();
});

it('knows a container by the PDF in it', () => {
  const drafted = {
    type: 'IssueDrafted',
    data: { issue: 'decision', copy: 1, stage: 'sign', document: 'd'.repeat(64), readable: 'e'.repeat(64) },
  };
  const state = { decision: { copy: 1 } as IssueState };
  expect(findPaper(record(drafted, ...sealed(1, 7)), { issues: state, out }, { sha256: 'e'.repeat(64) })).toMatchObject(
    { void: false },
  );
});

it('prefers what stands to what was given up under the same words', () => {
  const other = record(...sealed(1, 7)).map(({ event, ...rest }) => ({
    ...rest,
    event: { ...event, data: { ...event.data, register: 'letters', issue: 'letter' } },
  })) as unknown as StoredEvent[];
  const [voided] = record({
    type: 'NumberVoided',
    data: { ...AT, register: 'letters', number: 7, reason: 'replaced' },
  });
  const both = [...record(...sealed(1, 7)), ...other, voided!];
  const state = { decision: { copy: 1 } as IssueState, letter: { copy: 2 } as IssueState };
  expect(findPaper(both, { issues: state, out }, { number: '7/QĐ-UBND' })).toMatchObject({ void: false });
});

it('gives no end to what a later result ended or extended', () => {
  const [number, paper] = sealed(1, 7);
  const lasting = { ...paper!, data: { ...paper!.data, valid: { until: '2027-01-01T00:00:00.000Z' } } };
  const by = { by: 'd1', code: null, number: '9/QĐ-UBND', at: '2026-11-20T00:00:00.000Z' };
  const standing = (effect: 'corrects' | 'extends') =>
    findPaper(
      record(number!, lasting),
      { issues: { decision: { copy: 1, affected: [{ effect, ...by }] } as unknown as IssueState }, out },
      {
        number: '7/QĐ-UBND',
      },
    );
  expect(standing('corrects')).toMatchObject({ until: '2027-01-01T00:00:00.000Z' });
  expect(standing('extends')).toMatchObject({ until: null, affected: [{ effect: 'extends' }] });
});
