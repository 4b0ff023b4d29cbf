import { canonical } from '../../domain/chain.ts';
import type { OwnAsk } from '../../domain/ports/ask-log.ts';
import type { SourceAnswer } from '../../domain/ports/connectors.ts';
import { DRAFTS_KEPT_MS, type KeptDraft } from '../../domain/ports/drafts.ts';
import { inLanguage } from '../../domain/localised-text.ts';
import { normalised } from '../../domain/normalised.ts';
import type { Connector } from '../../schemas/connector.ts';
import type { OwnOffers, OwnTaken, OwnValue, Prefilled } from '../../schemas/own-details.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { valueAt } from '../../schemas/json-pointer.ts';
import { nested, type OwnField, ownFields } from './own-fields.ts';
import { applicantKeyOf } from '../dossiers/submit.ts';
import type { Catalogue, Pinned } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { decrypt, encrypt } from '../runtime/vault.ts';

/** So long what a register said is not asked for again, unless it said itself that it holds no longer, in milliseconds. */
export const HELD_MS = 3_600_000;
/** So often a register is asked for one person, in `HELD_MS`, whatever he begins and erases. */
export const MOST_ASKS = 20;
/** So long a person waits before his page for a register, however long and often its connector would try, in milliseconds: gateways wait 29 seconds. */
const MOST_WAIT_MS = 20_000;
/** Others may press the same button at the same time. */
const ATTEMPTS = 3;

type Parts = Pick<Platform, 'drafts' | 'asks' | 'masterKey' | 'ids' | 'clock' | 'config' | 'connectors' | 'registry'>;
type Data = Readonly<Record<string, unknown>>;

/** Whoever has logged in, and the number that the login proved. */
export interface Own {
  subject: string;
  personalId?: string | undefined;
}

/** What a register said of its person, as it is kept with a draft: nothing but what the form asks for. */
interface Held {
  request: string;
  /** What for and by which law it was asked: for another it is not recorded. */
  purpose: string;
  legalBasis: string | string[];
  said: number;
  how: 'asked' | 'remembered';
  level: 'authentic' | 'copy';
  found: boolean;
  asOf?: string;
  validUntil?: string;
  record: Data;
}

/** What is kept with a draft: what registers said, and for which parts of the form it was asked. */
interface Kept {
  /** Whose number it was: another one's is not taken for his. */
  personalId: string;
  groups: string[];
  registers: Record<string, Held>;
}

/** The registers of a form that may be asked about whoever is logged in, by part of the form. Nothing where the login proves no number. */
export async function offersOf(
  { registry }: Pick<Platform, 'registry'>,
  pinned: Pinned,
  { personalId }: Own,
): Promise<OwnOffers> {
  const fields = personalId === undefined ? [] : ownFields(pinned.definition, pinned.procedure.form);
  const known = await connectorsOf({ registry }, fields);
  const offered = fields.filter(({ registry: id }) => isOffered(known.get(id)));
  const groups = [...new Set(offered.map(({ group }) => group))];
  const items = groups.map((group) => {
    const own = offered.filter((field) => field.group === group);
    const registers = [...new Set(own.map(({ registry: id }) => id))].map((id) => namedBy(id, known.get(id)));
    return { group, registers, fields: own.map(({ at }) => at) };
  });
  return { version: pinned.record.version, items };
}

/** Asks the registers of one part of a form about whoever is logged in, and keeps with his draft what they said. Each is set down before it is asked. */
export async function takeOwnDetails(
  parts: Parts,
  catalogue: Catalogue,
  { subject, personalId, draft: id, group }: Own & { draft: string; group: string },
): Promise<{ ok: true; taken: OwnTaken } | Refused | undefined> {
  if (personalId === undefined) return refuse('not-entitled', 'the login proves no personal number of the caller');
  const owner = applicantKeyOf(parts, subject);
  const draft = await parts.drafts.get(owner, id, parts.clock.now());
  if (!draft || draft.task !== undefined) return undefined;
  const pinned = await inForceFor(catalogue, draft.procedure, parts.clock.now());
  if (!pinned) return refuse('unknown-procedure', `procedure ${draft.procedure} takes no new dossiers now`);
  const all = ownFields(pinned.definition, pinned.procedure.form);
  const fields = all.filter((field) => field.group === group);
  const known = await connectorsOf(parts, fields);
  const wanted = [...new Set(fields.map(({ registry }) => registry))].filter((each) => isOffered(known.get(each)));
  if (wanted.length === 0)
    return refuse('form-invalid', 'no register fills this part of the form', [
      { at: '/group', expected: 'a part of the form of which a register may be asked', found: group },
    ]);
  const place = { owner, id, personalId, procedure: draft.procedure };
  const before = await heldFor(parts, place);
  const due = wanted.filter((each) => !holds(before.registers[each], parts.clock.now()));
  if (due.length > 0 && (await isAskedTooOften(parts, owner)))
    return refuse('asked-too-often', `a register is asked ${MOST_ASKS} times an hour for one person at most`);
  const asking = { owner, draft, pinned, personalId, fields: all };
  const answers = await Promise.all(due.map(async (each) => [each, await ask(parts, asking, each)] as const));
  const heard = answers.flatMap(([each, answer]) => ('found' in answer ? [[each, answer] as const] : []));
  const kept = await keep(parts, place, { group, heard: Object.fromEntries(heard), draft });
  const why = new Map(answers.flatMap(([each, answer]) => ('why' in answer ? [[each, answer.why] as const] : [])));
  const { items, unfit } = await valuesOf(pinned, fields, { kept, known });
  const asked = wanted.map((each) => {
    const own = unfit.filter(({ registry }) => registry === each).map(({ at }) => at);
    const failed = why.get(each);
    const state = failed ? 'unavailable' : kept.registers[each]?.found ? 'found' : 'not-found';
    return { ...namedBy(each, known.get(each)), state, ...(failed && { why: failed }), unfit: own } as const;
  });
  // What it said before it could not be had any more stays marked where it stands, and is put nowhere anew.
  return { ok: true, taken: { asked, items: items.filter(({ registry }) => !why.has(registry)) } };
}

/** The version by which a draft would be handed in now. */
export async function inForceFor(catalogue: Catalogue, procedure: string, now: number): Promise<Pinned | undefined> {
  const version = await catalogue.current(procedure, now);
  return version && catalogue.pinned(version.id, version.version);
}

/** What registers gave to a draft, for the parts for which it was asked, as far as it fits the form. */
export async function ownDetailsOf(
  parts: Parts,
  pinned: Pinned,
  { subject, personalId, draft: id }: Own & { draft: string },
): Promise<OwnValue[]> {
  if (personalId === undefined) return [];
  const { id: procedure } = pinned.record;
  const kept = await heldFor(parts, { owner: applicantKeyOf(parts, subject), id, personalId, procedure });
  const fields = ownFields(pinned.definition, pinned.procedure.form).filter(({ group }) => kept.groups.includes(group));
  if (fields.length === 0) return [];
  return (await valuesOf(pinned, fields, { kept, known: await connectorsOf(parts, fields) })).items;
}

/** Answers of a form that stand as a register gave them of its applicant, for the record. One that was changed is his own. */
export async function unchangedIn(
  parts: Parts,
  pinned: Pinned,
  { subject, personalId, draft: id, form }: Own & { draft: string; form: Data },
): Promise<Prefilled[]> {
  if (personalId === undefined) return [];
  const { id: procedure } = pinned.record;
  const kept = await heldFor(parts, { owner: applicantKeyOf(parts, subject), id, personalId, procedure });
  const fields = ownFields(pinned.definition, pinned.procedure.form).filter(({ group }) => kept.groups.includes(group));
  const law = canonical(questionOf(pinned).legalBasis);
  return Object.entries(kept.registers).flatMap(([registry, held]) => {
    const same = fields.filter(
      ({ at, field, registry: from }) => from === registry && isSame(held.record[field], valueAt(form, at)),
    );
    if (same.length === 0 || canonical(held.legalBasis) !== law) return [];
    const { request, purpose, legalBasis, how, level, said, asOf } = held;
    const when = { said: new Date(said).toISOString(), ...(asOf !== undefined && { asOf }) };
    const places = same.map(({ at, field }) => ({ at, field }));
    return [{ registry, request, purpose, legalBasis, how, level, ...when, fields: places }];
  });
}

function isSame(held: unknown, answer: unknown): boolean {
  return held !== undefined && answer !== undefined && canonical(held) === canonical(normalised(answer));
}

/** Erased with its draft. */
export async function removeOwnDetails({ drafts }: Pick<Platform, 'drafts'>, owner: string, id: string): Promise<void> {
  await drafts.remove(besideOf(owner), id);
}

interface Asking {
  owner: string;
  draft: KeptDraft;
  pinned: Pinned;
  personalId: string;
  fields: readonly OwnField[];
}

/** One question: set down, asked, and what came of it set down. */
async function ask(
  { asks, ids, clock, connectors }: Parts,
  { owner, draft: { id }, pinned, personalId, fields }: Asking,
  registry: string,
): Promise<Held | { why: Extract<SourceAnswer, { kind: 'failed' }>['why'] }> {
  const at = clock.now();
  const { purpose, legalBasis } = questionOf(pinned);
  const request = `own.${ids.next(at)}`;
  const { id: procedure, version } = pinned.record;
  const asked: OwnAsk = {
    ...{ owner, request, at, draft: id, procedure, version, registry, purpose, legalBasis },
    ...{ state: 'asked', fields: [], answered: null },
  };
  await asks.put(asked);
  const law = [legalBasis].flat().join('; ');
  const asking = connectors.ask({ registry, request, key: personalId, purpose, legalBasis: law });
  const said = await answeredWithin(asking, MOST_WAIT_MS);
  const answered = clock.now();
  if (said.kind === 'failed') {
    await asks.put({ ...asked, state: 'unavailable', answered });
    return { why: said.why };
  }
  const names = new Set(fields.filter((field) => field.registry === registry).map(({ field }) => field));
  const record = Object.fromEntries(
    Object.entries(said.record).flatMap(([name, value]) => (names.has(name) ? [[name, tidy(value)]] : [])),
  );
  const { how, level, asOf, validUntil, at: saidAt } = said;
  await asks.put({ ...asked, state: said.kind, how, fields: Object.keys(record), answered });
  return {
    ...{ request, purpose, legalBasis, how, level, record, said: saidAt, found: said.kind === 'found' },
    ...(asOf !== undefined && { asOf }),
    ...(validUntil !== undefined && { validUntil }),
  };
}

/** The answer, or that there was none in this time. */
export async function answeredWithin(answer: Promise<SourceAnswer>, wait: number): Promise<SourceAnswer> {
  let timer: NodeJS.Timeout | undefined;
  const none = new Promise<SourceAnswer>((resolve) => {
    timer = setTimeout(() => {
      resolve({ kind: 'failed', why: 'slow', detail: `no answer within ${wait} ms` });
    }, wait);
  });
  try {
    return await Promise.race([answer, none]);
  } finally {
    clearTimeout(timer);
  }
}

/** As a form would hold it. */
function tidy(value: unknown): unknown {
  return typeof value === 'string' ? normalised(value.trim()) : value;
}

function questionOf({ procedure }: Pinned): { purpose: string; legalBasis: string | string[] } {
  return { purpose: inLanguage(procedure.title, 'vi'), legalBasis: procedure.legalBasis };
}

async function isAskedTooOften({ asks, clock }: Parts, owner: string): Promise<boolean> {
  const { items } = await asks.list(owner, { limit: MOST_ASKS });
  const oldest = items[MOST_ASKS - 1];
  return oldest !== undefined && oldest.at > clock.now() - HELD_MS;
}

/** Whether what was said may still be used without asking. */
function holds(held: Held | undefined, now: number): boolean {
  if (!held || now >= held.said + HELD_MS) return false;
  return held.validUntil === undefined || now < Date.parse(held.validUntil);
}

async function connectorsOf(
  { registry }: Pick<Platform, 'registry'>,
  fields: readonly OwnField[],
): Promise<Map<string, Connector>> {
  const names = [...new Set(fields.map(({ registry: id }) => id))];
  const found = await Promise.all(names.map(async (id) => (await registry.get('connector', id))?.record));
  return new Map(found.flatMap((record) => (record ? [[record.id, record] as const] : [])));
}

function isOffered(connector: Connector | undefined): boolean {
  return connector?.readiness === 'ready' && connector.asking?.own === true;
}

function namedBy(registry: string, known: Connector | undefined) {
  return { registry, ...(known && { name: known.name, authority: known.authority }) };
}

/** The values that fit the questions, and the fields of those that do not. */
async function valuesOf(
  pinned: Pinned,
  fields: readonly OwnField[],
  { kept, known }: { kept: Kept; known: ReadonlyMap<string, Connector> },
): Promise<{ items: OwnValue[]; unfit: OwnField[] }> {
  const items: OwnValue[] = [];
  const unfit: OwnField[] = [];
  for (const own of fields) {
    const held = kept.registers[own.registry];
    const value = held?.record[own.field];
    if (!held || value === undefined || value === null || value === '') continue;
    if (await fits(pinned, own.at, value)) {
      const when = { said: new Date(held.said).toISOString(), ...(held.asOf !== undefined && { asOf: held.asOf }) };
      const { registry, field, at } = own;
      items.push({ at, value: value as OwnValue['value'], ...namedBy(registry, known.get(registry)), field, ...when });
    } else unfit.push(own);
  }
  return { items, unfit };
}

/** Whether the form takes this value at this place; what else it lacks does not matter. */
async function fits(pinned: Pinned, at: string, value: unknown): Promise<boolean> {
  const { form } = pinned.procedure;
  if (form === undefined || !['string', 'number', 'boolean'].includes(typeof value)) return false;
  const faults = await pinned.validateForm(form, nested(at, value));
  return !faults.some((fault) => fault.at === at);
}

/** Beside a person's drafts, where no list of them finds it. */
function besideOf(owner: string): string {
  return `${owner}.own`;
}

interface Place {
  owner: string;
  id: string;
  personalId: string;
  /** What it was asked for: a draft may be saved for another procedure, and named when one is handed in. */
  procedure: string;
}

function contextOf(owner: string, id: string): string {
  return `own:${owner}:${id}`;
}

async function readKept(
  { drafts, masterKey, clock }: Parts,
  { owner, id, personalId, procedure }: Place,
): Promise<{ kept: Kept; revision: number }> {
  const nothing: Kept = { personalId, groups: [], registers: {} };
  const row = await drafts.get(besideOf(owner), id, clock.now());
  if (!row) return { kept: nothing, revision: 0 };
  const context = contextOf(owner, id);
  const plain = decrypt(await masterKey.unwrap(row.wrappedKey, context), row.sealed, `${context}:${row.revision}`);
  const kept = JSON.parse(Buffer.from(plain).toString('utf8')) as Kept;
  const isMeant = kept.personalId === personalId && row.procedure === procedure;
  return { kept: isMeant ? kept : nothing, revision: row.revision };
}

async function heldFor(parts: Parts, place: Place): Promise<Kept> {
  return (await readKept(parts, place)).kept;
}

async function keep(
  parts: Parts,
  place: Place,
  { group, heard, draft }: { group: string; heard: Readonly<Record<string, Held>>; draft: KeptDraft },
): Promise<Kept> {
  const { drafts, masterKey, ids, clock } = parts;
  const { owner, id } = place;
  const context = contextOf(owner, id);
  for (let attempt = 1; ; attempt += 1) {
    const { kept: before, revision: last } = await readKept(parts, place);
    const kept: Kept = {
      ...before,
      groups: [...new Set([...before.groups, group])],
      registers: { ...before.registers, ...heard },
    };
    const now = clock.now();
    const key = ids.random(32);
    const revision = last + 1;
    const row: KeptDraft = {
      ...{ owner: besideOf(owner), id, procedure: draft.procedure, version: draft.version, revision },
      ...{ saved: now, expires: now + DRAFTS_KEPT_MS },
      wrappedKey: await masterKey.wrap(key, context),
      sealed: encrypt(key, Buffer.from(canonical(kept)), `${context}:${revision}`, ids),
    };
    if ((await drafts.put(row, now)) === 'put') return kept;
    if (attempt === ATTEMPTS) throw new Error('own details: the draft is being filled elsewhere');
  }
}
