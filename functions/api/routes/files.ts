import { asDownload } from '../../../domain/content-disposition.ts';
import { deliverResult } from '../../../domain/dossier/commands/applicant.ts';
import type { Dossier, IssueState } from '../../../domain/dossier/state.ts';
import type { HandedOut } from '../../../domain/ports/document-store.ts';
import type { PrintFault } from '../../../domain/ports/papers.ts';
import { DocumentPath, DossierPath, FileQuery, IssueQuery, NoQuery } from '../../../schemas/api.ts';
import { DocumentQuery } from '../../../schemas/held-papers.ts';
import type { Procedure } from '../../../schemas/procedure.ts';
import { readDocument } from '../../dossiers/documents.ts';
import { CONTAINER_MEDIA_TYPE, fileEndingOf } from '../../issues/media-types.ts';
import { hasPrint, type MadePrint, makePrint } from '../../issues/print-paper.ts';
import { append } from '../../runtime/append.ts';
import { findSecret, type Loaded } from '../../runtime/dossier-cache.ts';
import type { Platform } from '../../runtime/platform.ts';
import type { Identity } from '../authentication.ts';
import { isGivenTo, isGoneFor, loadFor, loadForDocument } from '../entitlement.ts';
import { noteRead } from '../note-read.ts';
import { type MayHave, papersFor, refuseWhileInside } from '../papers-for.ts';
import { answerRefusal, RequestRefused } from '../problem.ts';
import { refusePartialSight, refuseUnseen, sightOf } from '../sight.ts';
import { checkAddress } from '../signed-address.ts';
import { empty, json, route, type Route, type Surface } from '../surface.ts';

/** How long an address for a download is good. */
const DOWNLOAD_SECONDS = 300;

const redirect = {
  303: { description: 'At the address in `location`, for five minutes' },
  202: { description: 'It is being made; ask again' },
};

/** Papers, documents and evidence: handed out by addresses that hold for minutes. */
export function fileRoutes(surface: Surface): Route[] {
  return [result(surface), evidence(surface), document(surface), file(surface), evidenceFile(surface)];
}

function result(surface: Surface): Route {
  const { platform, catalogue } = surface;
  return route({
    method: 'get',
    path: '/dossiers/{id}/result',
    id: 'fetchResult',
    summary: 'The signed result',
    who: ['applicant', 'official'],
    params: DossierPath,
    query: IssueQuery,
    answers: redirect,
    async handle({ identity, params, query }) {
      const loaded = await loadFor(surface, identity, params.id);
      const { dossier } = loaded;
      const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
      const name = resultOf(procedure, dossier, query.issue);
      const paper = name === undefined ? undefined : dossier.issues[name];
      const mayHave = await papersFor(surface, identity, dossier);
      if (name === undefined || !paper?.sealed || dossier.settled === null || !mayHave(name, paper)) {
        if (dossier.stage !== null && paper?.draft) return json(202, { status: 'being-made' }, { 'retry-after': '2' });
        throw dossier.stage === null
          ? new RequestRefused('not-found', `dossier ${params.id} ended without a paper of this kind`)
          : new RequestRefused('result-not-ready', `dossier ${params.id} is ${dossier.status}; it has no result yet`);
      }
      const sight = await sightOf(surface, identity, dossier);
      await refuseUnseen(surface, identity, { sight, dossier: params.id, issue: name });
      const answer = await sendTo(surface, loaded, paper.sealed.document, {
        name: `${dossier.code ?? dossier.reference}-${name}.${fileEndingOf(paper.sealed.mediaType)}`,
        type: paper.sealed.mediaType,
      });
      await noteRead(surface, identity, params.id, 'documents');
      if (identity.kind === 'applicant')
        await append(platform, params.id, (now) => ({
          decision: deliverResult(now.dossier),
          actor: { kind: 'applicant', party: 'submitter' },
        }));
      return answer;
    },
  });
}

/** The paper that a notify stage hands over; the one asked for, or the one sealed last. */
function resultOf(procedure: Procedure, dossier: Dossier, wanted: string | undefined): string | undefined {
  const handed = Object.entries(procedure.stages).flatMap(([name, stage]) =>
    stage.kind === 'notify' && (dossier.settled === null || dossier.stages[name] !== undefined)
      ? (stage.deliver ?? [])
      : [],
  );
  return [...new Set(handed)]
    .filter((name) => dossier.issues[name] !== undefined && (wanted === undefined || name === wanted))
    .toSorted((a, b) => (sealedAt(dossier, b) < sealedAt(dossier, a) ? -1 : 1))[0];
}

function sealedAt(dossier: Dossier, issue: string): string {
  return dossier.issues[issue]?.sealed?.at ?? '';
}

/** Hands a document out at an address that holds for minutes. */
export async function sendTo(
  { platform }: Surface,
  loaded: Loaded,
  document: string,
  { name, type, inPlace = false }: { name: string; type: string; inPlace?: boolean },
): Promise<Response> {
  const bytes = (): Promise<Uint8Array> => plainOf(platform, loaded, document);
  return seeOther(platform, { dossier: loaded.dossier.id, document, name, mediaType: type, inPlace, bytes });
}

async function plainOf(platform: Platform, loaded: Loaded | undefined, document: string): Promise<Uint8Array> {
  const bytes = loaded && (await readDocument(platform, loaded, document));
  if (!bytes) throw new RequestRefused('not-found', 'the document is no longer kept');
  return bytes;
}

async function seeOther({ documents }: Platform, file: HandedOut): Promise<Response> {
  const location = await documents.handOut(file, DOWNLOAD_SECONDS);
  return empty(303, { location, 'cache-control': 'no-store' });
}

function document(surface: Surface): Route {
  return route({
    method: 'get',
    path: '/dossiers/{id}/documents/{doc}',
    id: 'fetchDocument',
    summary: 'A document or paper of the dossier, by its SHA-256',
    who: ['applicant', 'official'],
    params: DocumentPath,
    query: DocumentQuery,
    answers: { 303: redirect[303] },
    async handle({ identity, params, query }) {
      const loaded = await loadForDocument(surface, identity, params.id, params.doc);
      const mayHave = await papersFor(surface, identity, loaded.dossier);
      const found = findFile(loaded, params.doc, { mayHave, drafts: identity.kind === 'official' });
      if (!found) throw new RequestRefused('not-found', `dossier ${params.id} has no such document`);
      const { name, type, ...what } = found;
      await refuseUnseenFile(surface, identity, loaded, { ...what, digest: params.doc });
      const inPlace = query.inPlace !== undefined && found.type === 'application/pdf';
      const file =
        query.print === undefined ? params.doc : await printOrItself(surface, loaded, found.issue, params.doc);
      const answer = await sendTo(surface, loaded, file, { name, type, inPlace });
      await noteRead(surface, identity, params.id, 'documents');
      return answer;
    },
  });
}

/** What is printed of a paper as it was sealed: where it carries files, a PDF with their pages; else, and of all that is no such paper, the file itself. */
async function printOrItself(
  { platform, catalogue }: Surface,
  loaded: Loaded,
  issue: string | undefined,
  document: string,
): Promise<string> {
  const { dossier } = loaded;
  const state = issue === undefined ? undefined : dossier.issues[issue];
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  if (issue === undefined || state?.sealed?.document !== document || !hasPrint(procedure, issue)) return document;
  const paper = { issue, copy: state.copy, document, number: state.number?.text ?? null };
  return printed(await makePrint(platform, loaded, procedure, paper));
}

/** Throws `not-printable` where a file that the paper carries has no pages that can be shown as they are. */
export function printed(print: MadePrint): string {
  if (print.ok) return print.document;
  throw new RequestRefused(
    'not-printable',
    `expected files that can be printed, ${print.file} cannot: ${print.fault}`,
    {
      errors: [{ at: `/${print.file}`, expected: FIT[print.fault] }],
    },
  );
}

const FIT = {
  encrypted: 'a PDF that is not encrypted',
  layers: 'a PDF without layers',
  'too-many-pages': 'at most 500 pages',
  'too-large': 'a file that is not so large when unpacked',
  media: 'a PDF, JPEG or PNG',
  broken: 'a file as its standard says',
} as const satisfies Record<PrintFault, string>;

/** A body that is consulted was given the document by its name. */
async function refuseUnseenFile(
  surface: Surface,
  identity: Identity,
  { dossier }: Loaded,
  { digest, ...what }: { digest: string; component?: string; issue?: string },
): Promise<void> {
  if (identity.kind === 'official' && isGivenTo(dossier, identity.appointment.unit, digest)) return;
  const sight = await sightOf(surface, identity, dossier);
  await refuseUnseen(surface, identity, { sight, dossier: dossier.id, ...what });
}

/** Which papers are handed out; with `drafts` also as they are before the seal. */
interface Entitled {
  mayHave: MayHave;
  drafts: boolean;
}

interface FoundFile {
  name: string;
  type: string;
  /** What it is: a document that was handed in, or a paper of the authority. */
  component?: string;
  issue?: string;
}

/** A document handed in, or a paper: applicants see papers once they have left the house, officials the draft that they sign. */
function findFile(loaded: Loaded, digest: string, entitled: Entitled): FoundFile | undefined {
  const handed = loaded.dossier.documents.find(({ sha256 }) => sha256 === digest);
  if (handed) {
    const names = findSecret(loaded, handed.seq)?.['names'] as Record<string, unknown> | undefined;
    const name = names?.[digest];
    const { component, mediaType: type } = handed;
    return { name: typeof name === 'string' ? name : component, type, component };
  }
  for (const { late, given } of Object.values(loaded.dossier.tasks)) {
    const kept = late?.documents.find(({ sha256 }) => sha256 === digest);
    if (kept) return { name: `${kept.component}-late`, type: kept.mediaType, component: kept.component };
    const copy = given?.find(({ sha256 }) => sha256 === digest);
    if (copy) return { name: `${copy.issue}.${fileEndingOf(copy.mediaType)}`, type: copy.mediaType, issue: copy.issue };
  }
  for (const [name, issue] of Object.entries(loaded.dossier.issues)) {
    const file = entitled.mayHave(name, issue) ? fileOfIssue([name, issue], digest, entitled) : undefined;
    if (file) return { ...file, issue: name };
  }
  return undefined;
}

/** The paper as it was sealed; before that as it was drafted and signed so far, and of a container what is to be read in it. */
function fileOfIssue(
  [name, issue]: [string, IssueState],
  digest: string,
  { drafts }: Pick<Entitled, 'drafts'>,
): { name: string; type: string } | undefined {
  if (issue.sealed?.document === digest)
    return { name: `${name}.${fileEndingOf(issue.sealed.mediaType)}`, type: issue.sealed.mediaType };
  if (issue.readable === digest && (drafts || issue.sealed)) return { name: `${name}.pdf`, type: 'application/pdf' };
  if (!drafts || ![issue.draft, issue.document].includes(digest)) return undefined;
  const type = issue.readable === undefined ? 'application/pdf' : CONTAINER_MEDIA_TYPE;
  return { name: `${name}-draft.${fileEndingOf(type)}`, type };
}

function file({ platform }: Surface): Route {
  return route({
    method: 'get',
    path: '/files/{id}/{doc}',
    id: 'downloadFile',
    summary: 'The bytes behind a signed address',
    who: 'signed-address',
    params: DocumentPath,
    query: FileQuery,
    answers: { 200: { description: 'The bytes' } },
    async handle({ params, query }) {
      const { name, type, expires, signature } = query;
      const path = `/files/${params.id}/${params.doc}`;
      checkAddress(platform, 'GET', { path, expires, signature, parameters: { name, type } });
      const loaded = await platform.cache.load(params.id, platform.store, platform.masterKey);
      return download(await plainOf(platform, loaded, params.doc), { name, type });
    },
  });
}

function evidence(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'get',
    path: '/dossiers/{id}/evidence',
    id: 'fetchEvidence',
    summary: 'The evidence package, for the offline verifier: the whole record, for whoever may see all of it',
    who: ['applicant', 'official'],
    params: DossierPath,
    query: NoQuery,
    answers: redirect,
    async handle({ identity, params }) {
      const isGone = await isGoneFor(surface, identity, params.id);
      if (!isGone) {
        const { dossier } = await loadFor(surface, identity, params.id);
        await refuseWhileInside(surface, identity, dossier);
        refusePartialSight(await sightOf(surface, identity, dossier), identity, params.id);
      }
      const answer = await seeOther(platform, {
        dossier: params.id,
        name: `${params.id}.zip`,
        mediaType: 'application/zip',
        bytes: () => packageOf(surface, params.id),
      });
      // Of one that was disposed of there is nothing left to be read.
      if (!isGone) await noteRead(surface, identity, params.id, 'package');
      return answer;
    },
  });
}

function evidenceFile(surface: Surface): Route {
  const { platform } = surface;
  return route({
    method: 'get',
    path: '/evidence/{id}',
    id: 'downloadEvidence',
    summary: 'The evidence package behind a signed address',
    who: 'signed-address',
    params: DossierPath,
    query: FileQuery.pick({ expires: true, signature: true }),
    answers: { 200: { description: 'A ZIP file' } },
    async handle({ params, query }) {
      checkAddress(platform, 'GET', { path: `/evidence/${params.id}`, ...query });
      return download(await packageOf(surface, params.id), { name: `${params.id}.zip`, type: 'application/zip' });
    },
  });
}

async function packageOf({ platform, catalogue, evidence: build }: Surface, dossier: string): Promise<Uint8Array> {
  const built = build && (await build(platform, catalogue, dossier));
  if (!built) throw new RequestRefused('not-found', 'this installation makes no evidence packages');
  if (!built.ok) answerRefusal(built.refusal);
  return built.bytes;
}

function download(bytes: Uint8Array, { name, type }: { name: string; type: string }): Response {
  return new Response(Buffer.from(bytes), {
    headers: {
      'content-type': type,
      'content-disposition': asDownload(name),
      'x-content-type-options': 'nosniff',
      'cache-control': 'private, no-store',
    },
  });
}
