import { loadSampleOrganisation } from '../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse, type ScenarioHouse, StageMachine } from '../../embedded/scenarios/stage-machine.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import { submitDossier } from '../../functions/dossiers/submit.ts';
import { DossierCache, type Loaded } from '../../functions/runtime/dossier-cache.ts';
import type { Platform } from '../../functions/runtime/platform.ts';
import { decide } from '../../functions/tasks/decide.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import type { Refused } from '../../schemas/refusals.ts';
import { parseProcedure } from '../../workflows/compiler/parse.ts';

/** Monday, 16 November 2026, 10:00 in Hanoi. */
export const MONDAY = Date.parse('2026-11-16T03:00:00.000Z');

/** Every kind of stage that runs, without paper: signed by the system as JSON, so that a dossier takes milliseconds. */
export const DESK = `
procedure: desk
version: 1.0.0
title: { en: Desk, vi: Bàn }
legalBasis: none, a test
effective: { from: 2026-07-01, announced: test }
online: full
form:
  type: object
  required: [applicant, amount]
  properties:
    applicant: { type: object, required: [name], properties: { name: { type: string } }, additionalProperties: false }
    amount: { type: integer, minimum: 0 }
    ready: { type: boolean }
  additionalProperties: false
parties: { applicant: form.applicant }
clock:
  limit: { workingDays: 3 }
  during: { complete: restarts, pay: stops, hold: runs }
documents:
  proof: { when: form.amount > 1000000, accept: [scan], legalBasis: none }
fees:
  charge: { kind: fee, amount: = form.amount, legalBasis: none }
issues:
  card: { format: json, register: cards, automatic: 'none, a test' }
  refusal: { format: json, register: letters, automatic: 'none, a test' }
stages:
  receive: { kind: receive, by: reception, then: { accepted: pay, incomplete: complete, refused: refuse } }
  complete: { kind: ask, of: applicant, for: supplement, within: { workingDays: 2 }, times: 1, then: { answered: back, expired: lapsed } }
  pay: { kind: pay, of: applicant, fees: [charge], within: { workingDays: 5 }, then: { paid: link, expired: lapsed } }
  link: { kind: call, system: tax, send: { subject: = form.applicant.name }, then: { done: verify, refused: refuse } }
  verify: { kind: verify, by: case-officer, then: { valid: choose, invalid: refuse } }
  choose: { kind: decide, choose: [{ when: form.ready, go: sign }, { go: hold }] }
  hold: { kind: wait, for: { workingDays: 1 }, then: { elapsed: sign } }
  sign: { kind: sign, by: system, issue: card, then: { signed: granted } }
  granted: { kind: notify, deliver: [card], result: granted }
  refuse: { kind: sign, by: system, issue: refusal, then: { signed: refused } }
  refused: { kind: notify, deliver: [refusal], result: refused }
  lapsed: { kind: notify, result: stopped }
  withdrawn: { kind: notify, result: withdrawn }
anytime:
  withdraw: { by: applicant, until: sign, go: withdrawn }
`;

/** Of the sample organisation. */
const OFFICIALS = {
  receive: { id: 'thu-lam-reception', role: 'reception' },
  verify: { id: 'thu-lam-officer-1', role: 'case-officer' },
} as const;
export type OfficialStage = keyof typeof OFFICIALS;

export function officialOf(
  stage: OfficialStage,
  id: string = OFFICIALS[stage].id,
): Extract<Actor, { kind: 'official' }> {
  return { kind: 'official', id, unit: 'thu-lam', role: OFFICIALS[stage].role, assurance: 'login' };
}

/** One machine in virtual time that conducts dossiers of one small procedure. */
export class Desk {
  readonly stage: StageMachine;

  constructor(stage: StageMachine) {
    this.stage = stage;
  }

  get platform(): Platform {
    return this.stage.machine.platform;
  }

  settle(): Promise<void> {
    return this.stage.settle();
  }

  async submit(
    form: { name?: string; amount?: number; ready?: boolean | 'unsaid' } = {},
    more: { email?: string; idempotency?: (dossier: Dossier) => IdempotencyRecord } = {},
  ): Promise<string> {
    const { name = 'Ngọc', amount = 0, ready = true } = form;
    const { platform, catalogue } = this.stage.machine;
    const submitted = await submitDossier(
      platform,
      catalogue,
      { subject: 'ngoc', ...(more.idempotency && { idempotency: more.idempotency }) },
      {
        procedure: 'desk',
        unit: 'thu-lam',
        channel: 'online',
        form: { applicant: { name }, amount, ...(ready !== 'unsaid' && { ready }) },
        documents: [],
        contact: more.email === undefined ? {} : { email: more.email },
      },
    );
    if (!submitted.ok)
      throw new Error(`expected a dossier, got ${submitted.refusal.code}: ${submitted.refusal.detail}`);
    return submitted.dossier.id;
  }

  decide(
    dossier: string,
    stage: OfficialStage,
    outcome: string,
    by = officialOf(stage),
    visit = 1,
  ): Promise<{ ok: true; dossier: Dossier } | Refused> {
    const { platform, catalogue } = this.stage.machine;
    const task = `${dossier}.${stage}.${visit}`;
    const decision = { outcome, comment: 'because', attachments: [], missing: [] };
    return decide(platform, catalogue, task, { by, subject: by.id }, decision);
  }

  /** As the store has it, past every cache. */
  async read(dossier: string): Promise<Loaded> {
    const loaded = await new DossierCache(1).load(dossier, this.platform.store, this.platform.masterKey);
    if (!loaded) throw new Error(`expected dossier ${dossier}`);
    return loaded;
  }

  async dossier(id: string): Promise<Dossier> {
    return (await this.read(id)).dossier;
  }

  async types(id: string): Promise<DossierEvent['type'][]> {
    return (await this.platform.store.events(id)).map(({ event }) => event.type as DossierEvent['type']);
  }

  async count(id: string, type: DossierEvent['type']): Promise<number> {
    return (await this.types(id)).filter((each) => each === type).length;
  }
}

/** Keys and certificates are slow to make: one house serves all desks of a file. */
export class DeskHouse {
  #house: Promise<ScenarioHouse> | undefined;
  readonly #open: StageMachine[] = [];
  readonly #procedure: string;

  constructor(procedure = DESK) {
    this.#procedure = procedure;
  }

  async open(now = MONDAY): Promise<Desk> {
    this.#house ??= openHouse(this.#procedure);
    const stage = await StageMachine.open(await this.#house, now);
    this.#open.push(stage);
    return new Desk(stage);
  }

  async close(): Promise<void> {
    for (const stage of this.#open.splice(0)) await stage.close();
  }

  async end(): Promise<void> {
    (await this.#house)?.close();
  }
}

function openHouse(source: string): Promise<ScenarioHouse> {
  const parsed = parseProcedure(source, 'desk.yaml');
  if (!parsed.ok) throw new Error(`expected a procedure: ${JSON.stringify(parsed.problems)}`);
  return openScenarioHouse(loadSampleOrganisation(), [{ parsed: parsed.procedure, source }]);
}
