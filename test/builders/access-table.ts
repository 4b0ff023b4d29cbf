import { openApiDocument } from '../../functions/api/openapi.ts';
import type { Scope } from '../../schemas/access.ts';

export type Kind = 'anyone' | 'applicant' | 'official' | 'admin' | 'system' | 'proof';
/** Who may call what: the one truth of the matrix and of the fuzz. `proof`: a signature over address or body stands for a token. */
export const ACCESS: Record<string, readonly Kind[]> = {
  health: ['anyone'],
  announceUpload: ['applicant', 'official'],
  readUpload: ['applicant', 'official'],
  putUpload: ['proof'],
  putUploadPart: ['proof'],
  listDrafts: ['applicant'],
  readDraft: ['applicant'],
  saveDraft: ['applicant'],
  removeDraft: ['applicant'],
  offerOwnDetails: ['applicant'],
  readOwnDetails: ['applicant'],
  takeOwnDetails: ['applicant'],
  listOwnAsks: ['applicant'],
  submitDossier: ['applicant', 'official'],
  listDossiers: ['applicant', 'official', 'admin'],
  readDossier: ['applicant', 'official', 'admin'],
  readDossierEvents: ['applicant', 'official', 'admin'],
  explainDeadline: ['applicant', 'official'],
  listDenials: ['admin'],
  listDossierVersions: ['applicant', 'official'],
  listSources: ['applicant', 'official', 'admin'],
  listUses: ['applicant', 'admin'],
  listReads: ['applicant', 'admin'],
  listAllUses: ['applicant'],
  listPapers: ['applicant'],
  listReuses: ['applicant'],
  readPayment: ['applicant', 'official'],
  takeCash: ['official'],
  listPayments: ['official'],
  totalPayments: ['official'],
  reconcilePayments: ['official'],
  supplementDossier: ['applicant', 'official'],
  withdrawDossier: ['applicant', 'official'],
  rateDossier: ['applicant'],
  resumeDossier: ['official', 'admin'],
  extendClock: ['official'],
  askApology: ['official'],
  pauseClock: ['official'],
  endPause: ['official'],
  overrideLimit: ['official'],
  askBody: ['official'],
  transferDossier: ['official'],
  listOpinions: ['applicant', 'official', 'admin'],
  fetchResult: ['applicant', 'official'],
  fetchEvidence: ['applicant', 'official'],
  fetchDocument: ['applicant', 'official'],
  downloadFile: ['proof'],
  downloadEvidence: ['proof'],
  trackDossier: ['anyone'],
  fetchHeldPaper: ['anyone'],
  listTasks: ['applicant', 'official'],
  readTask: ['applicant', 'official'],
  claimTask: ['official'],
  releaseTask: ['official'],
  handTaskOver: ['official'],
  reassignTask: ['official'],
  countTasks: ['official'],
  readWork: ['official'],
  takePaperIn: ['official'],
  readPaperDebt: ['official'],
  listPaperDebt: ['official'],
  listCustody: ['official'],
  decideTasks: ['official'],
  decideTask: ['applicant', 'official'],
  decideByWebhook: ['proof'],
  payByWebhook: ['proof'],
  listSubscriptions: ['official', 'admin'],
  subscribe: ['official', 'admin'],
  unsubscribe: ['official', 'admin'],
  sendLink: ['official', 'admin'],
  showLink: ['proof'],
  decideByLink: ['proof'],
  rotateSecret: ['official', 'admin'],
  listAttempts: ['official', 'admin'],
  redeliver: ['official', 'admin'],
  listDeadLetters: ['admin'],
  listBreakers: ['admin'],
  listCertificates: ['admin'],
  redeliverDeadLetters: ['admin'],
  setDeadLettersAside: ['admin'],
  listSetAside: ['admin'],
  readFeed: ['official', 'admin'],
  listProcedures: ['anyone'],
  readProcedure: ['anyone'],
  foreseeProcedure: ['anyone'],
  listProcedureVersions: ['admin'],
  readProcedureVersion: ['admin'],
  compareProcedureVersions: ['admin'],
  putProcedureVersion: ['admin'],
  publishProcedureVersion: ['admin'],
  impactOfProcedureVersion: ['admin'],
  retireProcedureVersion: ['admin'],
  listUnits: ['admin'],
  readUnit: ['admin'],
  putUnit: ['admin'],
  importUnits: ['admin'],
  listCalendars: ['anyone'],
  readCalendar: ['anyone'],
  readCalendarAsICalendar: ['anyone'],
  readCalendarVersion: ['anyone'],
  putCalendarVersion: ['admin'],
  rebuild: ['admin'],
  listOfficials: ['admin'],
  readOfficial: ['admin'],
  putOfficial: ['admin'],
  importOfficials: ['admin'],
  listSystems: ['admin'],
  readSystem: ['admin'],
  putSystem: ['admin'],
  listConnectors: ['admin'],
  readConnector: ['admin'],
  putConnector: ['admin'],
  listInstruments: ['admin'],
  readInstrument: ['admin'],
  putInstrument: ['admin'],
  importInstruments: ['admin'],
  holdRecord: ['official'],
  releaseRecord: ['official'],
  listDueRecords: ['official', 'admin'],
  proposeDisposal: ['official'],
  listDisposals: ['official', 'admin'],
  readDisposal: ['official', 'admin'],
  approveDisposal: ['official'],
  listListedRecords: ['official', 'admin'],
  declineDisposal: ['official'],
  withdrawDisposal: ['official'],
  planReorganisation: ['admin'],
  listReorganisations: ['admin'],
  readReorganisation: ['admin'],
  cancelReorganisation: ['admin'],
};

/** What the access token of an agency's system must allow it; into every other route it is not let. */
export const SCOPES: Readonly<Record<string, Scope>> = {
  announceUpload: 'uploads.write',
  readUpload: 'uploads.write',
  listSubscriptions: 'subscriptions.manage',
  subscribe: 'subscriptions.manage',
  unsubscribe: 'subscriptions.manage',
  rotateSecret: 'subscriptions.manage',
  listAttempts: 'subscriptions.manage',
  redeliver: 'subscriptions.manage',
  readFeed: 'events.read',
};

/** As the description names it. */
export interface Schema {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  format?: string;
  $ref?: string;
}

export interface Operation {
  operationId: string;
  path: string;
  method: string;
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

type Described = Omit<Operation, 'path' | 'method'>;
const document = openApiDocument() as { paths: Record<string, Record<string, Described>> };

/** Every route that the API describes. */
export const OPERATIONS: readonly Operation[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);

/** Whether it is about one dossier: then not only who asks counts, but whose it is. */
export function isAboutDossier({ path }: Operation): boolean {
  return /^\/v1\/(dossiers|tasks)\/\{id\}/.test(path);
}

/** The address of what a route is about, below `/v1`, where `given` has not said it: of a dossier and its first task; of anything else, one that does not exist. */
export function addressAbout(path: string, dossier: string, given: Readonly<Record<string, string>> = {}): string {
  const said = Object.entries(given).reduce(
    (text, [what, place]) => text.replace(what, place),
    path.replace('/v1', ''),
  );
  return said
    .replace('/subscriptions/{id}', `/subscriptions/s${'0'.repeat(26)}`)
    .replace('/tasks/{id}', `/tasks/${dossier}.receive.1`)
    .replace('/uploads/{id}', `/uploads/u${'0'.repeat(26)}`)
    .replace('{part}', '1')
    .replace('{token}', 't'.repeat(43))
    .replace('{version}', '1.0.0')
    .replace('{pause}', 'outage')
    .replace('{hold}', 'hold-2')
    .replace('{codeOrReference}', 'NOTHING')
    .replace('{doc}', 'a'.repeat(64))
    .replace('{id}', dossier);
}
