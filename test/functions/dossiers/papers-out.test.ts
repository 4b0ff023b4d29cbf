import type { StoredEvent } from '../../../domain/ports/dossier-store.ts';
import { papersOut } from '../../../functions/dossiers/check-paper.ts';
import type { EventBody } from '../../../schemas/events.ts';
import type { Procedure } from '../../../schemas/procedure.ts';
import { anOpening, DossierStory } from '../../builders/dossier-story.ts';

const procedure = {
  stages: {
    receive: { kind: 'receive' },
    pay: { kind: 'pay' },
    sign: { kind: 'sign' },
    extend: { kind: 'sign' },
    proposed: { kind: 'sign', by: 'system', issue: 'decision' },
    complete: { kind: 'ask' },
    visit: { kind: 'inspect' },
    approve: { kind: 'approve' },
    bodies: { kind: 'consult' },
    hand: { kind: 'notify', deliver: ['decision'] },
  },
  clock: { extend: [{ id: 'longer', at: 'extend' }] },
} as unknown as Pick<Procedure, 'stages' | 'clock'>;

type Kind = 'receive' | 'pay' | 'sign' | 'ask' | 'inspect' | 'approve' | 'consult';

const entered = (stage: string, kind: Kind, tasks: unknown[] = []) =>
  ({ type: 'StageEntered', data: { run: 1, stage, visit: 1, kind, tasks } }) as EventBody;
const left = (stage: string, outcome: string, next: string): EventBody => ({
  type: 'StageLeft',
  data: { run: 1, stage, visit: 1, outcome, next, by: 'platform' },
});
const passed = (why: 'notify' | 'when'): EventBody => ({
  type: 'StagePassed',
  data: { run: 1, stage: 'hand', visit: 1, kind: 'notify', outcome: 'delivered', next: 'end', why },
});
const sealed = (stage: string, { issue = 'decision', copy = 1 } = {}): EventBody[] => [
  { type: 'IssueDrafted', data: { issue, copy, stage, document: 'd'.repeat(64) } },
  {
    type: 'IssueSealed',
    data: { issue, copy, document: 'e'.repeat(64), mediaType: 'application/pdf', certificate: '0'.repeat(64) },
  },
];
const signedAt = (stage: string, next: string): EventBody[] => [
  entered(stage, 'sign'),
  ...sealed(stage),
  left(stage, 'signed', next),
];

function out(...bodies: EventBody[]): string[] {
  const received = [entered('receive', 'receive'), left('receive', 'accepted', 'sign')];
  const { events } = new DossierStory(...received, ...bodies);
  return [...papersOut(events.map((event) => ({ event, hash: '' })) as unknown as StoredEvent[], procedure)];
}

it.each(['receive', 'pay'])('is the receipt that a %s stage makes, with its seal', (stage) => {
  expect(out(...sealed(stage).slice(0, 1))).toEqual([]);
  expect(out(...sealed(stage))).toEqual(['decision.1']);
});

it('is an apology, with its seal', () => {
  expect(out(...sealed('lateness'))).toEqual(['decision.1']);
});

it('is a decision once it is handed over, and not while it is only signed and sealed', () => {
  expect(out(...signedAt('sign', 'hand'))).toEqual([]);
  expect(out(...signedAt('sign', 'hand'), passed('when'))).toEqual([]);
  expect(out(...signedAt('sign', 'hand'), passed('notify'))).toEqual(['decision.1']);
});

it('is the copy that was handed over, not one that was given up before', () => {
  const second = sealed('sign', { copy: 2 });
  expect(out(...signedAt('sign', 'hand'), ...second, passed('notify'))).toEqual(['decision.2']);
  expect(out(...signedAt('sign', 'hand'), passed('notify'), ...second)).toEqual(['decision.1']);
});

it('is no paper that only the house works by', () => {
  expect(out(...signedAt('sign', 'approve'), entered('approve', 'approve'))).toEqual([]);
  expect(out(...signedAt('sign', 'hand'), ...sealed('approve', { issue: 'record' }), passed('notify'))).toEqual([
    'decision.1',
  ]);
});

it.each([
  ['complete', 'ask'],
  ['visit', 'inspect'],
] as const)('is what was signed before stage %s, which tells the applicant of it', (stage, kind) => {
  expect(out(...signedAt('sign', stage))).toEqual([]);
  expect(out(...signedAt('sign', stage), entered(stage, kind))).toEqual(['decision.1']);
});

it('is what the system signed before a stage that asks, though it is sealed after that stage is told of', () => {
  const signed: EventBody = {
    type: 'StagePassed',
    data: { run: 1, stage: 'proposed', visit: 1, kind: 'sign', outcome: 'signed', next: 'complete', why: 'system' },
  };
  const seal = sealed('proposed').slice(1);
  expect(out(signed, ...seal)).toEqual([]);
  expect(out(signed, ...seal, entered('complete', 'ask'))).toEqual(['decision.1']);
});

it('is the decision that extends the limit, when it is signed', () => {
  expect(out(...signedAt('extend', 'approve'))).toEqual(['decision.1']);
  expect(out(entered('extend', 'sign'), ...sealed('extend'), left('extend', 'declined', 'approve'))).toEqual([]);
});

it('is what a consulted body was given, when it is asked: at once, or later by a person', () => {
  const part = { name: 'fire', of: 'fire', counts: true, gets: [], papers: ['decision'], silence: 'waits' };
  const opening = { ...anOpening('bodies'), part } as never;
  const before = signedAt('sign', 'bodies');
  expect(out(...before, entered('bodies', 'consult'))).toEqual([]);
  expect(out(...before, entered('bodies', 'consult', [opening]))).toEqual(['decision.1']);
  expect(
    out(...before, entered('bodies', 'consult'), {
      type: 'TaskOpened',
      data: { run: 1, stage: 'bodies', visit: 1, opening },
    }),
  ).toEqual(['decision.1']);
});
