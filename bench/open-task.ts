import { createHash } from 'node:crypto';
import type { Commit } from '../domain/ports/dossier-store.ts';

const DAY = 86_400_000;

/**
 * The first commit of a dossier that stands before an official: as much of it as lists read. Due dates are spread over 200 days, a tenth of them late; one in
 * a hundred is taken, one in a thousand stands at a stage of its own. The first twenty are one applicant's.
 */
export function openTask(
  index: number,
  of: { unit: string; role: string; procedure: string; official: string; applicantKey: string; now: number },
): Commit {
  const { unit, role, procedure, official, applicantKey, now } = of;
  const id = `d${String(index).padStart(26, '0')}`;
  const at = new Date(now - (index % 1_000) * 60_000).toISOString();
  const due = new Date(now + ((index % 200) - 20) * DAY).toISOString().slice(0, 10);
  const hash = createHash('sha256').update(id).digest('hex');
  const stage = index % 1_000 === 999 ? 'rare' : 'approve';
  const place = { reference: `R-${id}`, code: null, procedure };
  const event = { v: 1, dossier: id, seq: 1, at, type: 'RatingGiven', data: { score: 5 }, prev: null };
  return {
    dossier: id,
    expectedVersion: 0,
    events: [{ event: { ...event, actor: { kind: 'platform' } }, hash, jws: '' }],
    head: {
      ...place,
      id,
      version: 1,
      hash,
      run: 1,
      stage,
      procedureVersion: '1.0.0',
      applicantKey: index < 20 ? applicantKey : `applicant-${index % 5_000}`,
      receivingUnit: unit,
      unit,
      status: 'processing',
      portal: 4,
      financial: 'nothing-owed',
      delivery: 'none',
      result: null,
      due,
      submitted: at,
      updated: at,
    },
    tasks: [
      {
        ...place,
        id: `${id}.${stage}.1`,
        dossier: id,
        stage,
        kind: 'decide',
        visit: 1,
        step: 'decision',
        unit,
        role,
        party: null,
        outcomes: ['approved', 'rejected'],
        assurance: 'login',
        status: 'open',
        claimedBy: index % 100 === 0 ? official : null,
        opened: at,
        due,
      },
    ],
    timers: { set: [], clear: [] },
    outbox: [],
    numbers: [],
  };
}
