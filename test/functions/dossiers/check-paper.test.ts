import { findPaper } from '../../../functions/dossiers/check-paper.ts';
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

it('finds the copy that stands, and says of one that was given up that it is void', () => {
  expect(findPaper(twice, issues, { number: '8/qđ-ubnd' })).toMatchObject({ number: '8/QĐ-UBND', void: false });
  expect(findPaper(twice, issues, { number: '7/QĐ-UBND' })).toMatchObject({ number: '7/QĐ-UBND', void: true });
  expect(findPaper(twice, issues, { sha256: '1'.repeat(64) })).toMatchObject({ number: '7/QĐ-UBND', void: true });
});

it('says void of the number of a paper that was broken off after its seal', () => {
  const broken = record(...sealed(1, 7), { type: 'NumberVoided', data: { ...AT, number: 7, reason: 'not-issued' } });
  const state = { decision: { copy: 1 } as IssueState };
  expect(findPaper(broken, state, { number: '7/QĐ-UBND' })).toMatchObject({ void: true, affected: [] });
});

it('reads letters however they are composed, and finds nothing without a seal', () => {
  expect(findPaper(twice, issues, { number: ' 8 / QĐ-UBND'.normalize('NFD') })).toMatchObject({ number: '8/QĐ-UBND' });
  expect(findPaper(twice.slice(0, 1), issues, { number: '7/QĐ-UBND' })).toBeUndefined();
  expect(findPaper(record(sealed(1, 7)[1]!), issues, { number: '' })).toBeUndefined();
});
