import { canonical, sha256 } from '../../domain/chain.ts';
import { newCopy } from '../../domain/dossier/commands/papers.ts';
import { type Dossier, lastAskedFor } from '../../domain/dossier/state.ts';
import { RecordsDisagree, TaskTerminal } from '../../domain/failures.ts';
import type { EnclosedFile } from '../../domain/ports/papers.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Unit } from '../../schemas/organisation.ts';
import { type DocumentNeed, evidenceOf, type Issue } from '../../schemas/procedure/papers.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { trackingAddress } from '../dossiers/codes.ts';
import { readDocument, writeDocument } from '../dossiers/documents.ts';
import { markOf } from '../dossiers/paper-mark.ts';
import { lastReason } from '../dossiers/last-reason.ts';
import { viewOf } from '../dossiers/view.ts';
import { decidedExtension } from '../clock/decided-extension.ts';
import { apologyFacts } from '../lateness/apology.ts';
import { receivedFor } from '../payments/receipt.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import type { Standing } from '../stages/standing.ts';
import { fileEndingOf } from './media-types.ts';
import { isKept, printedAs, seriesOf } from './registers.ts';
import { inWholeUnits } from '../../domain/payments/whole-units.ts';

/** The issue of a procedure by its name. Throws on a name that the pinned procedure does not have: a defect. */
export function issueOf(standing: Standing, name: string): Issue {
  const issue = standing.procedure.issues?.[name];
  if (!issue) throw new Error(`procedure ${standing.procedure.procedure}: no issue ${name}`);
  return issue;
}

/** The unit under whose name a paper goes out; one that has a number of a unit goes out under that unit's, whoever has the dossier by then. */
export async function issuingUnit(catalogue: Catalogue, dossier: Dossier, numbered?: string): Promise<Unit> {
  const id = numbered ?? dossier.unit ?? dossier.receivingUnit;
  const unit = await catalogue.unit(id);
  if (!unit) throw new RecordsDisagree(`registry: unit ${id} is missing`);
  return unit;
}

/** Digest of the certificate of the unit's seal, by which the record says with which key a paper was sealed. */
export async function sealCertificate({ seals }: Pick<Platform, 'seals'>, unit: string): Promise<string> {
  const [certificate] = await (await seals.of(unit)).certificateChain();
  if (!certificate) throw new RecordsDisagree(`seal of unit ${unit}: expected a certificate`);
  return sha256(certificate);
}

/** The issue's template. Throws `TaskTerminal` if the definition has none of that name. */
export function templateOf(standing: Standing, name: string): unknown {
  const { template } = issueOf(standing, name);
  const found = template === undefined ? undefined : standing.pinned.definition.templates[template];
  if (!found)
    throw new TaskTerminal(
      `issue ${name}: expected a template, the procedure has none of the name ${template ?? '(none)'}`,
    );
  return found;
}

/** What a template may name: the view, the unit, the procedure, the link for the QR code, what was paid for it; number and date once they are taken. */
export async function paperData(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  name: string,
  at: number,
): Promise<Readonly<Record<string, unknown>>> {
  const { loaded, procedure, calendar, pinned } = standing;
  const { dossier } = loaded;
  const reason = lastReason(loaded);
  const number = dossier.issues[name]?.number?.text;
  const apology = apologyFacts(loaded, procedure);
  const extension = await decidedExtension(standing, name);
  const paid = receivedFor(procedure, dossier, name);
  const payees = await Promise.all(
    (paid?.fees ?? []).map(({ fee }) => catalogue.unit(dossier.fees[fee]?.payee ?? dossier.receivingUnit)),
  );
  const documents = dossier.documents.map(({ component, how, evidence, at: received }) => ({
    title: titleOfReceived(pinned.procedure.documents?.[component], component, evidence),
    how,
    date: localDate(calendar, Date.parse(received)),
  }));
  return {
    ...viewOf(loaded, { calendar, procedure, now: at }),
    unit: await issuingUnit(catalogue, dossier),
    procedure: {
      title: procedure.title,
      code: procedure.code ?? procedure.procedure,
      legalBasis: String(procedure.legalBasis),
    },
    received: documents,
    asked: lastAskedFor(dossier).map((name) => ({
      title: pinned.procedure.documents?.[name]?.title?.['vi'] ?? name,
      legalBasis: String(pinned.procedure.documents?.[name]?.legalBasis ?? procedure.legalBasis),
    })),
    link: trackingAddress(platform.config.publicUrl, dossier.code ?? dossier.reference),
    head: dossier.hash,
    issue: { date: localDate(calendar, at), ...(number !== undefined && { number }) },
    ...(reason !== undefined && { reason }),
    ...(apology && { apology }),
    ...(extension && { extension }),
    ...(paid && {
      paid: {
        fees: paid.fees.map(({ fee, amount }, index) => ({
          title: procedure.fees?.[fee]?.title?.['vi'] ?? fee,
          legalBasis: String(procedure.fees?.[fee]?.legalBasis ?? procedure.legalBasis),
          amount: inWholeUnits(amount),
          payee: payees[index]?.name ?? '',
        })),
        sum: inWholeUnits(paid.sum),
        currency: paid.sum.currency,
        at: paid.at,
      },
    }),
  };
}

/** What was handed in, under its title; other evidence under its own, with the document for which it stands. */
function titleOfReceived(need: DocumentNeed = {}, component: string, evidence: string | undefined): string {
  const title = need.title?.['vi'] ?? component;
  if (evidence === undefined) return title;
  return `${evidenceOf(need).get(evidence)?.['vi'] ?? evidence} (thay cho: ${title})`;
}

/** The same where somebody waits for it: what cannot be drawn is told to him. */
export async function drawnFor(...asked: Parameters<typeof drawPaper>): Promise<Drawn | Refused> {
  try {
    return { ok: true, paper: await drawPaper(...asked) };
  } catch (error) {
    if (error instanceof TaskTerminal) return refuse('form-invalid', error.message);
    throw error;
  }
}

interface Drawn {
  ok: true;
  paper: Awaited<ReturnType<typeof drawPaper>>;
}

/**
 * Draws a paper from its template and keeps it with the dossier; answers its digest, and of a container that of the PDF in it. The same dossier and instant
 * give the same bytes.
 */
export async function drawPaper(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  name: string,
  template: unknown = templateOf(standing, name),
): Promise<{ document: string; readable?: string }> {
  const { loaded, now: at } = standing;
  const { dossier } = loaded;
  const { copy } = newCopy(dossier, name);
  const mark = markOf(loaded.key, { issue: name, copy });
  const isContained = issueOf(standing, name).format === 'asice';
  const enclosed = await enclosedFiles(platform, standing, name);
  const bytes = await platform.papers.render({
    template: isContained ? withoutPlaces(template) : template,
    data: {
      ...(await paperData(platform, catalogue, standing, name, at)),
      link: trackingAddress(platform.config.publicUrl, dossier.code ?? dossier.reference, mark),
      enclosed: Object.fromEntries(enclosed.map((file) => [file.component, toldOf(file)])),
    },
    at,
    id: `${dossier.id}.${name}`,
    ...(enclosed.length > 0 && { enclosed }),
  });
  const keep = (content: Uint8Array) => writeDocument(platform, { id: dossier.id, key: loaded.key }, content);
  if (!isContained) return { document: await keep(bytes) };
  const data = Buffer.from(canonical(containedData(standing, name, at)));
  const container = await platform.papers.contain({ name, readable: bytes, data });
  return { document: await keep(container), readable: await keep(bytes) };
}

type Enclosed = EnclosedFile & { component: string };

/** The documents that a paper encloses, each as it was handed in last; what is not there is not enclosed. */
async function enclosedFiles(platform: Platform, { loaded, procedure }: Standing, name: string): Promise<Enclosed[]> {
  const { documents } = loaded.dossier;
  const files = (procedure.issues?.[name]?.encloses ?? []).map(async (component): Promise<Enclosed[]> => {
    const latest = documents.findLast((document) => document.component === component);
    if (!latest) return [];
    const content = await readDocument(platform, loaded, latest.sha256);
    if (!content) throw new Error(`document ${latest.sha256}: expected its content`);
    const title = titleOfReceived(procedure.documents?.[component], component, latest.evidence);
    const { mediaType } = latest;
    return [{ component, name: `${component}.${fileEndingOf(mediaType)}`, mediaType, title, content }];
  });
  return (await Promise.all(files)).flat();
}

/** What a template may say of a file that its paper encloses. */
function toldOf({ name, title, content }: EnclosedFile): Readonly<Record<string, unknown>> {
  return { name, title, size: content.length, sha256: sha256(content) };
}

/** In a container nobody signs on the page: the signatures lie beside it. */
function withoutPlaces(template: unknown): unknown {
  return { ...(template as Readonly<Record<string, unknown>>), sign: [], organisation: undefined };
}

/** What a container says to machines. Its number is not there: that comes with the organisation's signature, after the persons'. */
function containedData(standing: Standing, name: string, at: number): Readonly<Record<string, unknown>> {
  const { dossier } = standing.loaded;
  const { parties = {}, facts = {}, about } = viewOf(standing.loaded, { ...standing, now: at });
  return {
    issue: name,
    drafted: new Date(at).toISOString(),
    dossier: dossier.id,
    code: dossier.code,
    procedure: `${dossier.procedure}@${dossier.procedureVersion}`,
    head: dossier.hash,
    content: { parties, facts, ...(about !== undefined && { about }) },
  };
}

/** A number of a register. */
export interface Taken {
  event: EventBody;
  numbers: { series: string; number: number }[];
}

/** A number of the issuing unit's register for the local year; taken when the commit that holds the event succeeds. None: another system gives it, see `numberDrafted`. */
export async function takeNumber(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  { name, copy }: { name: string; copy: number },
): Promise<Taken | undefined> {
  const register = issueOf(standing, name).register;
  if (!register) throw new TaskTerminal(`issue ${name}: expected a register to take its number from`);
  const unit = await issuingUnit(catalogue, standing.loaded.dossier);
  return isKept(unit, register) ? undefined : ownNumber(platform, standing, { name, copy, register, unit });
}

/** The next number of a register that is kept here. */
export async function ownNumber(
  { store }: Pick<Platform, 'store'>,
  { calendar, now }: Standing,
  { name, copy, register, unit }: { name: string; copy: number; register: string; unit: Unit },
): Promise<Taken> {
  const year = Number(localDate(calendar, now).slice(0, 4));
  const series = seriesOf({ unit: unit.id, register, year });
  const number = await store.nextNumber(series);
  const text = printedAs(number, register, unit);
  return {
    event: { type: 'NumberTaken', data: { register, unit: unit.id, year, number, text, issue: name, copy } },
    numbers: [{ series, number }],
  };
}
