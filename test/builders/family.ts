import { loadSampleOrganisation } from '../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse, type ScenarioHouse, StageMachine } from '../../embedded/scenarios/stage-machine.ts';
import type { ChildState, Dossier } from '../../domain/dossier/state.ts';
import { submitDossier } from '../../functions/dossiers/submit.ts';
import { withdrawDossier } from '../../functions/dossiers/withdraw.ts';
import { appendSurely } from '../../functions/runtime/append.ts';
import { parkFor } from '../../functions/stages/park.ts';
import { DossierCache, type Loaded, secretOf } from '../../functions/runtime/dossier-cache.ts';
import { decide } from '../../functions/tasks/decide.ts';
import type { Refused } from '../../schemas/refusals.ts';
import { parseProcedure } from '../../workflows/compiler/parse.ts';
import { MONDAY } from './desk.ts';

const HEAD = (id: string, title: string): string => `
procedure: ${id}
version: 1.0.0
title: { en: ${title} }
legalBasis: none, a test
effective: { from: 2026-07-01, announced: test }
online: full
`;

/** A dossier that opens others: the second after the first, the third at once and for each item, a fourth that nobody waits for. */
export const FAMILY = `${HEAD('family', 'Family')}
form:
  type: object
  required: [name, items]
  properties:
    name: { type: string }
    items: { type: array, items: { type: string } }
    extra: { type: boolean }
  additionalProperties: false
clock: { limit: { workingDays: 5 } }
documents: { proof: { when: form.name = "proven", accept: [scan], legalBasis: none } }
issues: { letter: { format: json, register: letters, automatic: 'none, a test' } }
stages:
  receive: { kind: receive, by: system, then: { accepted: agencies } }
  agencies:
    kind: open
    parts:
      first: { procedure: member, unit: dong-anh, with: { name: = form.name }, gets: [proof], within: { workingDays: 2 } }
      second: { procedure: member, after: [first], with: { name: '= parts.first.data.given' } }
      third: { each: form.items, procedure: member, unit: dong-anh, with: { name: = item } }
      fourth: { procedure: member, when: $exists(form.extra) and form.extra, with: { name: extra }, counts: false }
    then: { granted: granted, partly: tell, refused: stopped }
  granted: { kind: notify, result: granted }
  tell: { kind: sign, by: system, issue: letter, then: { signed: partly } }
  partly: { kind: notify, deliver: [letter], result: partly-granted }
  stopped: { kind: notify, result: stopped }
  withdrawn: { kind: notify, result: withdrawn }
anytime:
  withdraw: { by: applicant, during: [agencies], go: withdrawn }
`;

export const MEMBER = `${HEAD('member', 'Member')}
startedBy: agency
input:
  type: object
  required: [name]
  properties: { name: { type: string, minLength: 2 } }
  additionalProperties: false
output: { given: '= input.name & "+"', by: = stages.check.form.by, from: = parent.reference }
clock: { limit: { workingDays: 3 }, late: { warn: { workingDays: 1 } }, during: { complete: stops } }
documents: { proof: { when: input.name = "proven", accept: [scan], legalBasis: none } }
issues: { card: { format: json, register: cards, automatic: none, a test } }
stages:
  receive: { kind: receive, by: system, then: { accepted: check } }
  check:
    kind: verify
    by: case-officer
    form: { type: object, properties: { by: { type: string } }, additionalProperties: false }
    then: { valid: sign, incomplete: complete, invalid: ended }
  complete: { kind: ask, of: applicant, for: supplement, within: { workingDays: 3 }, times: 2, then: { answered: back, expired: ended } }
  sign: { kind: sign, by: system, issue: card, then: { signed: given } }
  given: { kind: notify, deliver: [card], result: granted }
  ended: { kind: notify, result: stopped }
  withdrawn: { kind: notify, result: withdrawn }
anytime:
  withdraw: { by: applicant, until: sign, go: withdrawn }
`.replace('automatic: none, a test', "automatic: 'none, a test'");

/** Opens a family: a procedure that says nothing of a parent is handed its form. */
export const CLAN = `${HEAD('clan', 'Clan')}
form: { type: object, properties: { name: { type: string }, items: { type: array, items: { type: string } } }, additionalProperties: false }
clock: { limit: { workingDays: 9 } }
issues: { letter: { format: json, register: letters, automatic: 'none, a test' } }
stages:
  receive: { kind: receive, by: system, then: { accepted: agencies } }
  agencies:
    kind: open
    parts: { family: { procedure: family, with: { name: = form.name, items: = form.items } } }
    then: { granted: granted, partly: tell, refused: tell }
  granted: { kind: notify, result: granted }
  tell: { kind: sign, by: system, issue: letter, then: { signed: partly } }
  partly: { kind: notify, deliver: [letter], result: partly-granted }
`;

/** Opens a dossier of the procedure that it is told: of itself, if it is told so. */
export const LOOP = `${HEAD('loop', 'Loop')}
form: { type: object, properties: { name: { type: string }, items: { type: array } }, additionalProperties: false }
clock: { limit: { workingDays: 9 } }
stages:
  receive: { kind: receive, by: system, then: { accepted: agencies } }
  agencies:
    kind: open
    parts: { next: { procedure: = form.name, with: { name: = form.name } } }
    then: { granted: granted, partly: ended, refused: ended }
  granted: { kind: notify, result: granted }
  ended: { kind: notify, result: stopped }
`;

/** One machine in virtual time with dossiers that open others. */
export class Family {
  readonly stage: StageMachine;

  constructor(stage: StageMachine) {
    this.stage = stage;
  }

  /** A dossier of the procedure, at its children. */
  async open(
    form: { name?: string; items?: string[]; extra?: boolean } = {},
    { email, procedure = 'family', settled = true }: { email?: string; procedure?: string; settled?: boolean } = {},
  ): Promise<string> {
    const { platform, catalogue } = this.stage.machine;
    const submitted = await submitDossier(
      platform,
      catalogue,
      { subject: 'ngoc' },
      {
        procedure,
        unit: 'thu-lam',
        channel: 'online',
        form: { name: 'Ngọc', items: [], ...form },
        documents: [],
        contact: email === undefined ? {} : { email },
      },
    );
    if (!submitted.ok) throw new Error(`expected a dossier, got ${submitted.refusal.detail}`);
    if (settled) await this.stage.settle();
    return submitted.dossier.id;
  }

  /** As the store has it, past every cache. */
  async read(id: string): Promise<Loaded> {
    const { store, masterKey } = this.stage.machine.platform;
    const loaded = await new DossierCache(1).load(id, store, masterKey);
    if (!loaded) throw new Error(`expected dossier ${id}`);
    return loaded;
  }

  async dossier(id: string): Promise<Dossier> {
    return (await this.read(id)).dossier;
  }

  async child(parent: string, part: string): Promise<ChildState> {
    const found = Object.values((await this.dossier(parent)).children).findLast((child) => child.part === part);
    if (!found) throw new Error(`expected a child ${part}`);
    return found;
  }

  /** The only dossier that this one opened, if it did. */
  async onlyChild(id: string): Promise<string | undefined> {
    return Object.keys((await this.dossier(id)).children)[0];
  }

  secretAt(loaded: Loaded, seq: number): unknown {
    return secretOf(loaded, seq);
  }

  /** A handler fails for good. */
  async park(id: string): Promise<void> {
    await appendSurely(this.stage.machine.platform, id, ({ dossier }) => parkFor(dossier, 'Failed', 'a test'));
  }

  /** What each child came to, by part; null while it has no result. */
  async results(parent: string): Promise<Record<string, string | null>> {
    const { children } = await this.dossier(parent);
    return Object.fromEntries(Object.values(children).map(({ part, answer }) => [part, answer?.result ?? null]));
  }

  async types(id: string): Promise<string[]> {
    return (await this.stage.machine.platform.store.events(id)).map(({ event }) => event.type);
  }

  /** An official of the child's unit decides. */
  async check(
    child: string,
    outcome: 'valid' | 'invalid' | 'incomplete',
    form?: Record<string, unknown>,
  ): Promise<{ ok: true; dossier: Dossier } | Refused> {
    const { platform, catalogue } = this.stage.machine;
    const { unit, stages } = await this.dossier(child);
    const by = {
      kind: 'official',
      id: `${unit ?? ''}-officer-1`,
      unit: unit ?? '',
      role: 'case-officer',
      assurance: 'login',
    } as const;
    const decision = { outcome, comment: 'because', attachments: [], missing: [], ...(form && { form }) };
    return decide(
      platform,
      catalogue,
      `${child}.check.${stages['check']?.visits ?? 1}`,
      { by, subject: by.id },
      decision,
    );
  }

  async answer(task: string): Promise<{ ok: true; dossier: Dossier } | Refused> {
    const { platform, catalogue } = this.stage.machine;
    const by = { kind: 'applicant', party: 'submitter' } as const;
    return decide(
      platform,
      catalogue,
      task,
      { by, subject: 'ngoc' },
      { outcome: 'answered', attachments: [], missing: [] },
    );
  }

  withdraw(id: string): Promise<{ ok: true; dossier: Dossier } | Refused> {
    const { platform, catalogue } = this.stage.machine;
    return withdrawDossier(platform, catalogue, id, {});
  }
}

/** Keys and certificates are slow to make: one house serves all families of a file. */
export class FamilyHouse {
  #house: Promise<ScenarioHouse> | undefined;
  readonly #open: StageMachine[] = [];
  readonly #procedures: readonly string[];

  constructor(procedures: readonly string[] = [MEMBER, FAMILY]) {
    this.#procedures = procedures;
  }

  async open(now = MONDAY): Promise<Family> {
    this.#house ??= openScenarioHouse(loadSampleOrganisation(), this.#procedures.map(parsedOf));
    const stage = await StageMachine.open(await this.#house, now);
    this.#open.push(stage);
    return new Family(stage);
  }

  async close(): Promise<void> {
    for (const stage of this.#open.splice(0)) await stage.close();
  }

  async end(): Promise<void> {
    (await this.#house)?.close();
  }
}

export function parsedOf(source: string): {
  parsed: Extract<ReturnType<typeof parseProcedure>, { ok: true }>['procedure'];
  source: string;
} {
  const parsed = parseProcedure(source, 'procedure.yaml');
  if (!parsed.ok) throw new Error(`expected a procedure: ${JSON.stringify(parsed.problems)}`);
  return { parsed: parsed.procedure, source };
}
