import { usesOf } from '../../../domain/dossier/uses.ts';
import type { DossierEvent, EventBody } from '../../../schemas/events.ts';

const NOON = Date.parse('2026-11-16T05:00:00.000Z');

/** Events in this order, a minute apart. */
function events(...bodies: EventBody[]): DossierEvent[] {
  return bodies.map(
    ({ type, data }, index) =>
      ({
        v: 1,
        dossier: 'd',
        seq: index + 1,
        at: minute(index),
        type,
        actor: { kind: 'platform' },
        data,
      }) as DossierEvent,
  );
}

function minute(index: number): string {
  return new Date(NOON + index * 60_000).toISOString();
}

const asked = (request: string): EventBody => ({
  type: 'SourceAsked',
  data: {
    document: 'place',
    request,
    from: { registry: 'land' },
    stage: 'receive',
    purpose: 'Where it stands',
    legalBasis: 'Act 3',
  },
});
const failed = (request: string): EventBody => ({
  type: 'SourceFailed',
  data: { document: 'place', request, code: 'SOURCE_UNAVAILABLE', why: 'down' },
});
const answered = (request: string, found: boolean): EventBody => ({
  type: 'SourceAnswered',
  data: {
    document: 'place',
    request,
    found,
    how: 'asked',
    level: 'authentic',
    at: minute(0),
    fields: found ? ['holder'] : [],
    revises: false,
  },
});
const source = {
  kind: 'source',
  document: 'place',
  from: { registry: 'land' },
  stage: 'receive',
  purpose: 'Where it stands',
  legalBasis: 'Act 3',
};

describe('what a dossier’s data was used for', () => {
  it('is each request to a source, as it stands by now, also one whose key was another', () => {
    const told = usesOf(
      events(
        asked('r1'),
        failed('r1'),
        answered('r1', false),
        asked('r2'),
        answered('r2', true),
        asked('r3'),
        failed('r3'),
        asked('r4'),
      ),
    );
    expect(told).toEqual([
      { ...source, at: minute(7), state: 'asked', answered: null, fields: [] },
      { ...source, at: minute(5), state: 'unavailable', answered: null, fields: [] },
      { ...source, at: minute(3), state: 'found', answered: minute(4), how: 'asked', fields: ['holder'] },
      { ...source, at: minute(0), state: 'not-found', answered: minute(2), how: 'asked', fields: [] },
    ]);
  });

  it('leaves out an answer to what was never asked', () => {
    expect(usesOf(events(answered('r1', true), failed('r2')))).toEqual([]);
  });

  it('is each call, once, whether it was set down before it was made or not, and each that was taken back', () => {
    const at = { stage: 'announce', visit: 1, run: 1, system: 'tax' };
    const told = usesOf(
      events(
        { type: 'CallBegun', data: { ...at, request: 'c1' } },
        { type: 'CallAnswered', data: { ...at, outcome: 'done', request: 'c1' } },
        { type: 'CallAnswered', data: { ...at, outcome: 'refused', request: 'c2' } },
        { type: 'CallBegun', data: { ...at, request: 'c3' } },
        { type: 'UndoAnswered', data: { ...at, call: 'c1', outcome: 'done', request: 'u1' } },
      ),
    );
    const call = { kind: 'system', stage: 'announce', system: 'tax' };
    expect(told).toEqual([
      { ...call, at: minute(4), outcome: 'done', takesBack: true },
      { ...call, at: minute(3), outcome: null, takesBack: false },
      { ...call, at: minute(2), outcome: 'refused', takesBack: false },
      { ...call, at: minute(0), outcome: 'done', takesBack: false },
    ]);
  });

  it('is each body that is consulted, with the stage or by hand, and each dossier that is opened; not the unit’s own work', () => {
    const opening = {
      task: 'd.ask.1',
      step: 'decide',
      unit: 'fire-office',
      role: 'expert',
      party: null,
      outcomes: ['agreed'],
      assurance: 'login',
      separateFrom: [],
      part: { id: 'fire', of: 'fire', silence: 'waits', gets: ['drawings'] },
    } as const;
    const { part: _, ...own } = opening;
    const told = usesOf(
      events(
        {
          type: 'StageEntered',
          data: { stage: 'ask', visit: 1, kind: 'consult', tasks: [opening, own] },
        } as unknown as EventBody,
        {
          type: 'TaskOpened',
          data: { stage: 'ask', visit: 1, opening: { ...opening, unit: 'heritage' } },
        } as unknown as EventBody,
        {
          type: 'ChildOrdered',
          data: {
            stage: 'also',
            visit: 1,
            run: 1,
            part: 'card',
            of: 'card',
            child: `d${'1'.repeat(26)}`,
            procedure: 'card',
            version: '1.0.0',
            unit: 'police',
            counts: true,
            gets: ['photo'],
          },
        },
      ),
    );
    expect(told).toEqual([
      {
        kind: 'child',
        at: minute(2),
        stage: 'also',
        dossier: `d${'1'.repeat(26)}`,
        procedure: 'card',
        unit: 'police',
        gets: ['photo'],
      },
      { kind: 'body', at: minute(1), stage: 'ask', unit: 'heritage', gets: ['drawings'] },
      { kind: 'body', at: minute(0), stage: 'ask', unit: 'fire-office', gets: ['drawings'] },
    ]);
  });
});
