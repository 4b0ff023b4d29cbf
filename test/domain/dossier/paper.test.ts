import { notTakenIn } from '../../../domain/dossier/paper.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';

type Document = Dossier['documents'][number];

const waiting = (
  channel: Dossier['channel'],
  { how, from, seq = 2 }: Partial<Document> & Pick<Document, 'how' | 'from'>,
): number => {
  const sha256 = 'a'.repeat(64);
  const document = { component: 'proof', sha256, size: 1, mediaType: 'application/pdf', at: '' } as const;
  return notTakenIn({ channel, intake: true, documents: [{ ...document, how, from, seq }] }).length;
};

describe('what waits to be compared with its paper', () => {
  it.each(['scan', 'certified-copy', 'original-shown', 'signed', 'data'] as const)(
    'is all that a dossier begins with at the counter or by post, and all that an official adds: %s',
    (how) => {
      expect([waiting('counter', { how, from: 'official' }), waiting('post', { how, from: 'official' })]).toEqual([
        1, 1,
      ]);
    },
  );

  it.each([
    ['scan', 1],
    ['signed', 0],
    ['data', 0],
  ] as const)('of a supplement of the applicant, by its form: %s', (how, count) => {
    expect(waiting('counter', { how, from: 'applicant' })).toBe(count);
  });

  it('is no reference to a classified document: what it stands for is not here', () => {
    for (const from of ['official', 'applicant'] as const)
      expect([
        waiting('counter', { how: 'reference', from }),
        waiting('post', { how: 'reference', from, seq: 1 }),
      ]).toEqual([0, 0]);
  });

  it('is nothing of what comes online', () => {
    expect(waiting('online', { how: 'scan', from: 'applicant' })).toBe(0);
  });
});
