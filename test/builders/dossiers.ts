import { createHash } from 'node:crypto';
import type { Head, Task } from '../../schemas/dossier.ts';
import type { Commit, OutboxRow, StoredEvent, Timer, Upload } from '../../domain/ports/dossier-store.ts';

const NOON = Date.parse('2026-11-23T05:00:00.000Z');

/** A dossier id of the right form: `d` and 26 digits. */
export function dossierId(n: number): string {
  return `d${String(n).padStart(26, '0')}`;
}

export function aHead(of: Partial<Head> & { id: string }): Head {
  return {
    version: 1,
    hash: digestOf(of.id),
    run: 1,
    stage: 'receive',
    reference: `R-${of.id}`,
    code: null,
    procedure: 'library-card',
    procedureVersion: '1.0.0',
    applicantKey: 'applicant-1',
    receivingUnit: 'ward-1',
    unit: 'ward-1',
    status: 'submitted',
    portal: 1,
    financial: 'nothing-owed',
    delivery: 'none',
    result: null,
    due: null,
    submitted: new Date(NOON).toISOString(),
    updated: new Date(NOON).toISOString(),
    ...of,
  };
}

/** An event in its place, with the form of a chained one; hash and signature are not real. */
export function anEvent(dossier: string, seq: number, type = 'RatingGiven', data: object = { score: 5 }): StoredEvent {
  return {
    event: {
      v: 1,
      dossier,
      seq,
      at: new Date(NOON + seq * 1000).toISOString(),
      type,
      actor: { kind: 'platform' },
      data: { ...data },
      prev: seq === 1 ? null : digestOf(`${dossier}/${seq - 1}`),
    },
    hash: digestOf(`${dossier}/${seq}`),
    jws: `eyJhbGciOiJFUzI1NiJ9..${'A'.repeat(86)}`,
  };
}

export function aTask(of: Partial<Task> & { dossier: string }): Task {
  const stage = of.stage ?? 'verify';
  const visit = of.visit ?? 1;
  return {
    id: `${of.dossier}.${stage}.${visit}`,
    reference: `R-${of.dossier}`,
    code: null,
    procedure: 'library-card',
    stage,
    kind: 'verify',
    visit,
    step: 'decision',
    unit: 'ward-1',
    role: 'case-officer',
    party: null,
    outcomes: ['valid', 'incomplete'],
    assurance: 'login',
    status: 'open',
    claimedBy: null,
    opened: new Date(NOON).toISOString(),
    due: null,
    ...of,
  };
}

export function aTimer(of: Partial<Timer> & { dossier: string; at: number }): Timer {
  return { id: 'complete.1', kind: 'stage', stage: 'complete', visit: 1, outcome: 'expired', ...of };
}

export function anOutboxRow(of: Partial<OutboxRow> & { id: string }): OutboxRow {
  return { group: 'group-1', kind: 'work', dossier: dossierId(1), at: NOON, attempts: 0, body: { seq: 1 }, ...of };
}

export function anUpload(of: Partial<Upload> & { id: string }): Upload {
  return {
    owner: 'applicant-1',
    sha256: digestOf(of.id),
    size: 100,
    mediaType: 'application/pdf',
    fileName: 'form.pdf',
    created: NOON,
    expires: NOON + 86_400_000,
    state: 'expected',
    ...of,
  };
}

/** A commit of `events` (one unless told) after `expectedVersion`; the head fits. */
export function aCommit(
  of: Partial<Omit<Commit, 'head' | 'events'>> & { dossier: string; head?: Partial<Head>; events?: StoredEvent[] },
): Commit {
  const { dossier, head, expectedVersion = 0, events, ...rest } = of;
  const written = events ?? [anEvent(dossier, expectedVersion + 1)];
  return {
    dossier,
    expectedVersion,
    events: written,
    head: aHead({
      version: expectedVersion + written.length,
      hash: written.at(-1)?.hash ?? digestOf(dossier),
      ...head,
      id: dossier,
    }),
    tasks: [],
    timers: { set: [], clear: [] },
    outbox: [],
    numbers: [],
    ...rest,
  };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
