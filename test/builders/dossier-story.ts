import { canonical, sha256 } from '../../domain/chain.ts';
import { fold } from '../../domain/dossier/fold.ts';
import type { Decision } from '../../domain/dossier/commands/decision.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { TaskOpening } from '../../schemas/dossier.ts';
import { type DossierEvent, EVENT_VERSION, type EventBody } from '../../schemas/events.ts';
import { dossierId } from './dossiers.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

export const PLATFORM: Actor = { kind: 'platform' };
export const APPLICANT: Extract<Actor, { kind: 'applicant' }> = { kind: 'applicant', party: 'submitter' };

export function anOfficial(of: Partial<OfficialActor> = {}): OfficialActor {
  return { kind: 'official', id: 'officer-1', unit: 'ward-1', role: 'case-officer', assurance: 'login', ...of };
}

export function anOpening(stage: string, visit = 1, of: Partial<TaskOpening> = {}): TaskOpening {
  const { step = 'decision' } = of;
  const task = `${dossierId(1)}.${stage}.${visit}`;
  return {
    task: step === 'decision' ? task : `${task}.${step}`,
    step,
    unit: 'ward-1',
    role: 'case-officer',
    party: null,
    outcomes: ['valid', 'incomplete', 'invalid'],
    assurance: 'login',
    separateFrom: [],
    ...of,
  };
}

export const SUBMITTED: EventBody = {
  type: 'DossierSubmitted',
  data: {
    reference: 'AAAA-BBBB-CCCC',
    procedure: 'library-card',
    version: '1.0.0',
    definition: '0'.repeat(64),
    channel: 'online',
    receivingUnit: 'ward-1',
    unit: 'ward-1',
    applicantKey: 'applicant-1',
    documents: [],
    run: 1,
    stage: 'receive',
  },
  secret: { form: {} },
};

/** A dossier as its events make it, one event a second; signatures and encryption are left out. */
export class DossierStory {
  readonly events: DossierEvent[] = [];
  #dossier: Dossier | undefined;

  constructor(...bodies: EventBody[]) {
    this.append(SUBMITTED, ...bodies);
  }

  get dossier(): Dossier {
    if (!this.#dossier) throw new Error('expected a dossier that has begun');
    return this.#dossier;
  }

  append(...bodies: EventBody[]): this {
    return this.appendBy(PLATFORM, ...bodies);
  }

  appendBy(actor: Actor, ...bodies: EventBody[]): this {
    for (const { secret, ...body } of bodies) {
      const seq = this.events.length + 1;
      const event = {
        v: EVENT_VERSION,
        dossier: dossierId(1),
        seq,
        at: new Date(Date.UTC(2026, 10, 23, 3, 0, seq)).toISOString(),
        actor,
        ...body,
        ...(secret && { secret: sha256(canonical(secret)) }),
        prev: this.#dossier?.hash ?? null,
      } as DossierEvent;
      this.#dossier = fold(this.#dossier, event, sha256(canonical(event)));
      this.events.push(event);
    }
    return this;
  }

  /** Appends what a command comes to; throws on a refusal. */
  do(decision: Decision, by: Actor = PLATFORM): this {
    if (!decision.ok) throw new Error(`expected events, got the refusal ${decision.refusal.code}`);
    return this.appendBy(by, ...decision.events);
  }
}

/** The code of a refusal, or what the command came to instead. */
export function refusalOf(decision: Decision): string {
  return decision.ok ? `accepted: ${decision.events.map(({ type }) => type).join(', ')}` : decision.refusal.code;
}
