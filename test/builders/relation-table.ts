import { Scope } from '../../schemas/access.ts';
import type { Kind } from './access-table.ts';

const official = (id: string, unit: string, role: string) =>
  ({ kind: 'official', claims: { sub: id, unit, role } }) as const;
const system = (client: string, scope: string) =>
  ({ kind: 'system', claims: { sub: client, client_id: client, scope } }) as const;
const EVERY_SCOPE = Scope.options.join(' ');

/** How somebody stands to what is of the applicant `ngoc` and of the commune `thu-lam`. */
export const RELATIONS = {
  nobody: { kind: 'anyone', claims: undefined },
  applicant: { kind: 'applicant', claims: { sub: 'ngoc', personalId: '001195003366' } },
  'other applicant': { kind: 'applicant', claims: { sub: 'mai', personalId: '001195003367' } },
  'reception in his own affairs': { kind: 'applicant', claims: { sub: 'thu-lam-reception' } },
  reception: official('thu-lam-reception', 'thu-lam', 'reception'),
  officer: official('thu-lam-officer-1', 'thu-lam', 'case-officer'),
  colleague: official('thu-lam-officer-2', 'thu-lam', 'case-officer'),
  head: official('thu-lam-chair', 'thu-lam', 'chairperson'),
  deputy: official('thu-lam-deputy', 'thu-lam', 'deputy-chairperson'),
  clerk: official('thu-lam-clerk', 'thu-lam', 'clerk'),
  archivist: official('thu-lam-archivist', 'thu-lam', 'archivist'),
  helper: official('thu-lam-helper', 'thu-lam', 'helper'),
  'reception elsewhere': official('dong-anh-reception', 'dong-anh', 'reception'),
  'officer elsewhere': official('dong-anh-officer-1', 'dong-anh', 'case-officer'),
  'head elsewhere': official('dong-anh-chair', 'dong-anh', 'chairperson'),
  'archivist elsewhere': official('dong-anh-archivist', 'dong-anh', 'archivist'),
  'unit above': official('coordinator', 'coordination', 'coordinator'),
  'body asked': official('so-xay-dung-officer', 'so-xay-dung', 'case-officer'),
  'clerk of the body asked': official('so-xay-dung-clerk', 'so-xay-dung', 'clerk'),
  'unit that hands over': official('cong-an-thu-lam-officer', 'cong-an-thu-lam', 'case-officer'),
  admin: { kind: 'admin', claims: { sub: 'admin', role: 'admin' } },
  system: system('ward-system', EVERY_SCOPE),
  'system elsewhere': system('dong-anh-system', EVERY_SCOPE),
  'system without scope': system('ward-system', 'openid'),
} as const satisfies Record<string, { kind: Kind; claims: Readonly<Record<string, string>> | undefined }>;
export type Relation = keyof typeof RELATIONS;

export const EVERYBODY = Object.keys(RELATIONS) as Relation[];
const kinds = (...wanted: readonly Kind[]): Relation[] =>
  EVERYBODY.filter((each) => wanted.includes(RELATIONS[each].kind));
const without = (all: readonly Relation[], ...gone: readonly Relation[]): Relation[] =>
  all.filter((each) => !gone.includes(each));

const DECIDING = ['officer', 'colleague', 'head'] as const;
const UNIT = [...DECIDING, 'reception', 'deputy', 'clerk', 'archivist', 'helper'] as const;
const KEEPERS = ['archivist', 'head'] as const;
const ELSEWHERE = ['reception elsewhere', 'officer elsewhere', 'head elsewhere', 'archivist elsewhere'] as const;
const WITH_SCOPE = ['system', 'system elsewhere'] as const;
const APPLICANTS = kinds('applicant');
const OFFICIALS = kinds('official');

/** Who is let to one or several operations about the same thing; everybody else is refused. */
export interface Row {
  of: readonly string[];
  /** Parameters of the path; `{name}`, here and below, is a thing of the world. */
  at: Readonly<Record<string, string>>;
  query?: string;
  body?: unknown;
  /** Of a list that everybody of some kind may ask for: what stands in it for those who are let to it alone. */
  shows?: string;
  /** Beside 401, 403 and 404: the status that says to those who are kept out that the thing is not theirs. */
  refusedBy?: number;
  /** A system signs it as a Standard Webhook, under its name in the body: `{sender}`. */
  signed?: true;
  /** Enough that nobody is kept out: what is sent is not in order. */
  loosely?: true;
  lets: readonly Relation[];
}

const row = (of: string, at: Row['at'], lets: readonly Relation[], more: Partial<Row> = {}): Row => ({
  of: of.split(' '),
  at,
  lets,
  ...more,
});
const about = (thing: string) => ({ id: `{${thing}}` });
const task = (thing: string, stage: string) => ({ id: `{${thing}}.${stage}.1` });
const WHY = 'a reason';
const HOLD = { legalBasis: 'Luật Lưu trữ', reason: WHY };
const PART = { id: '{consulting}.opinions.1.part.fire' };
const OF_UNIT = { query: 'unit=thu-lam' };
const BY_SYSTEM = { system: '{sender}' };
const PLAN = [{ component: 'plan', upload: '{spare}' }];
const APPLICATION = { procedure: 'every-relation', unit: 'thu-lam', form: { applicant: { name: 'A' }, next: 'pay' } };
const HOOK = 'http://127.0.0.1:9/hook';

/** A dossier and what is in it. */
const DOSSIERS: readonly Row[] = [
  row('readDossier readDossierEvents listSources listOpinions', about('received'), ['applicant', ...UNIT, 'admin']),
  row('readDossier readDossierEvents listSources listOpinions', about('passedOn'), [
    'applicant',
    ...UNIT,
    ...ELSEWHERE,
    'unit that hands over',
    'admin',
  ]),
  row('readDossier readDossierEvents', about('unplaced'), ['applicant', ...UNIT, 'unit above', 'admin']),
  row('readDossierEvents', about('disposed'), ['applicant', ...UNIT, 'admin']),
  row('listUses listReads', about('disposed'), ['applicant', 'admin']),
  // 410 to those who might have seen it.
  row('readDossier', about('disposed'), ['applicant', ...UNIT, 'admin'], { loosely: true }),
  // Who took it in at the counter for somebody whom he did not identify holds no part of it himself.
  row('readDossier readDossierEvents', about('nobodys'), [...UNIT, 'admin']),
  row('listDossiers', {}, [...UNIT, 'admin'], { shows: '{nobodys}' }),
  row('supplementDossier withdrawDossier', about('nobodys'), ['reception'], { body: {} }),
  row('readDossier', about('consulting'), ['applicant', ...UNIT, 'admin']),
  row('explainDeadline listDossierVersions', about('verifying'), ['applicant', ...UNIT]),
  row('fetchDocument', { ...about('received'), doc: '{document}' }, ['applicant', ...UNIT]),
  row('fetchDocument', { ...about('consulting'), doc: '{document}' }, [
    'applicant',
    ...UNIT,
    'body asked',
    'clerk of the body asked',
  ]),
  row('fetchResult fetchEvidence', about('granted'), ['applicant', ...UNIT]),
  row('listDenials', about('received'), ['admin']),
  row('listUses listReads', about('received'), ['applicant', 'admin']),
  row('listDossiers', {}, ['applicant', ...UNIT, 'admin'], { shows: '{received}' }),
  row('listDossiers', {}, ['applicant', ...UNIT, 'admin'], { query: 'reference={reference}', shows: '{received}' }),
  // To an applicant it is all the same which unit he names.
  row('listDossiers', {}, ['applicant', ...UNIT, 'admin'], { ...OF_UNIT, shows: '{verifying}' }),
  row('submitDossier', {}, ['applicant'], { body: { ...APPLICATION, documents: PLAN }, refusedBy: 422 }),
  row('submitDossier', {}, UNIT, { body: { ...APPLICATION, channel: 'counter' }, loosely: true }),
  row('readPayment', about('paying'), ['applicant', ...UNIT]),
  row('takeCash', about('paying'), ['reception'], {
    body: { order: '{order}', amount: { value: 500, currency: 'VND' }, voucher: '1' },
  }),
  row('supplementDossier', about('asked'), ['applicant'], {
    body: { documents: PLAN },
  }),
  // Another's upload is in nobody's hand but his.
  row('supplementDossier', about('asked'), [], {
    body: { documents: [{ component: 'plan', upload: '{officialUpload}' }] },
    refusedBy: 422,
  }),
  row('supplementDossier', about('askedOnPaper'), ['reception'], {
    body: { documents: [{ component: 'plan', upload: '{officialUpload}', how: 'scan' }] },
    refusedBy: 422,
  }),
  row('supplementDossier', about('askedOnPaper'), ['applicant', 'reception'], { body: { comment: WHY } }),
  row('withdrawDossier', about('verifying'), ['applicant'], { body: {} }),
  row('withdrawDossier', about('askedOnPaper'), ['applicant', 'reception'], { body: {} }),
  row('rateDossier', about('granted'), ['applicant'], { body: { score: 5 } }),
  row('resumeDossier', about('parked'), ['admin', ...without(UNIT, 'helper')], { body: {} }),
  row('resumeDossier', about('parkedPassedOn'), ['admin', ...without(UNIT, 'helper')], { body: {} }),
  row('transferDossier', about('received'), ['reception'], { body: { unit: 'dong-anh', reason: WHY } }),
  row('transferDossier', about('verifying'), ['officer', 'colleague'], { body: { unit: 'dong-anh', reason: WHY } }),
  row('transferDossier', about('unplaced'), ['reception', 'unit above'], { body: { unit: 'dong-anh', reason: WHY } }),
  row('overrideLimit', about('overLimit'), ['head'], { body: { stage: 'complete', reason: WHY } }),
  row('extendClock', about('verifying'), DECIDING, { body: { extension: 'longer', reason: WHY } }),
  row('askApology', about('late'), DECIDING, { body: {} }),
  row('pauseClock', about('verifying'), DECIDING, {
    body: { pause: 'outage', reason: WHY, announced: { at: '{now}', where: WHY } },
  }),
  row('endPause', { ...about('paused'), pause: 'outage' }, DECIDING, { body: {} }),
  row('askBody', about('consulting'), DECIDING, { body: { unit: 'canh-sat-pccc', question: WHY } }),
];

/** Work that waits. */
const TASKS: readonly Row[] = [
  row('readTask', task('verifying', 'verify'), UNIT),
  row('readTask', task('asked', 'complete'), ['applicant', ...UNIT]),
  row('readTask', PART, [...UNIT, 'body asked', 'clerk of the body asked']),
  row('claimTask', task('verifying', 'verify'), ['officer', 'colleague'], { body: {} }),
  row('claimTask', PART, ['body asked'], { body: {} }),
  row('releaseTask', task('taken', 'verify'), ['officer'], { body: {}, refusedBy: 409 }),
  row('handTaskOver', task('taken', 'verify'), ['officer'], {
    body: { to: 'thu-lam-officer-2', reason: WHY },
    refusedBy: 409,
  }),
  row('reassignTask', task('taken', 'verify'), ['head'], { body: { to: null, reason: WHY } }),
  row('decideTask', task('received', 'receive'), ['reception'], { body: { outcome: 'accepted' } }),
  row('decideTask', task('verifying', 'verify'), ['officer', 'colleague'], { body: { outcome: 'valid' } }),
  row('decideTask', task('taken', 'verify'), ['officer'], { body: { outcome: 'valid' }, refusedBy: 409 }),
  row('decideTask', task('approving', 'approve'), ['head'], { body: { outcome: 'approved' } }),
  row('decideTask', task('approving', 'approve'), ['deputy'], {
    body: { outcome: 'approved', onBehalfOf: 'thu-lam-kt' },
  }),
  row('decideTask', task('asked', 'complete'), ['applicant'], { body: { outcome: 'answered', comment: WHY } }),
  row('decideTask', PART, ['body asked'], { body: { outcome: 'agreed' } }),
  row('decideTasks', {}, ['officer', 'colleague'], {
    body: { items: [{ task: '{verifying}.verify.1', outcome: 'valid' }] },
    shows: '"status":200',
  }),
  row('takePaperIn', task('brought', 'receive'), ['reception'], { body: { compared: ['declaration'] } }),
  row('sendLink', task('verifying', 'verify'), ['admin', ...without(UNIT, 'helper')], {
    body: { official: 'thu-lam-officer-1' },
  }),
  row('listTasks', {}, ['reception'], { shows: '{received}.receive.1' }),
  row('listTasks', {}, ['officer', 'colleague'], { shows: '{verifying}.verify.1' }),
  row('listTasks', {}, ['applicant'], { shows: '{asked}.complete.1' }),
  row('listTasks', {}, ['body asked'], { shows: '{consulting}.opinions.1.part.fire' }),
  row('listTasks', {}, UNIT, { ...OF_UNIT, shows: '{verifying}.verify.1', refusedBy: 400 }),
  row('listTasks', {}, UNIT, {
    query: 'person=thu-lam-officer-1',
    shows: '{taken}.verify.1',
    refusedBy: 400,
  }),
  row('countTasks readWork readPaperDebt listPaperDebt listCustody', {}, UNIT, OF_UNIT),
  row('listPayments totalPayments', {}, UNIT, OF_UNIT),
  row('reconcilePayments', {}, UNIT, { query: 'unit=thu-lam&system=ward-system', body: [] }),
];

/** What somebody has beside his dossiers. */
const BELONGINGS: readonly Row[] = [
  row('announceUpload', {}, [...APPLICANTS, ...OFFICIALS, ...WITH_SCOPE], {
    body: { fileName: 'a.pdf', mediaType: 'application/pdf', size: 9, sha256: 'a'.repeat(64) },
  }),
  row('readUpload', about('upload'), ['applicant']),
  // An upload is of a person, in whatever office he announced it.
  row('readUpload', about('officialUpload'), ['reception', 'reception in his own affairs']),
  row('readUpload', about('systemUpload'), ['system']),
  row('listDrafts', {}, ['applicant'], { shows: '{draft}' }),
  row('readDraft readOwnDetails', about('draft'), ['applicant']),
  row('takeOwnDetails', about('draft'), ['applicant'], { body: { group: '/applicant' } }),
  // Each applicant has ids of his own: another's draft of the same id is another draft.
  row('saveDraft', about('draft'), ['applicant'], {
    body: { procedure: 'library-card', version: '1.0.0', follows: 1 },
    refusedBy: 409,
  }),
  row('saveDraft', { id: 'draft-of-an-answer-1' }, ['applicant'], {
    body: { procedure: 'every-relation', version: '1.0.0', task: '{asked}.complete.1', follows: 0 },
  }),
  row('removeDraft', about('draft'), APPLICANTS),
  row('offerOwnDetails', { id: 'library-card' }, APPLICANTS),
  row('listReuses listOwnAsks', {}, APPLICANTS),
  row('listAllUses', {}, ['applicant'], { shows: '{brought}' }),
  row('listPapers', {}, ['applicant'], { shows: '{granted}' }),
  row('listSubscriptions', {}, ['reception', 'admin'], { shows: '{subscription}' }),
  row('listSubscriptions', {}, ['system', 'admin'], { shows: '{systemSubscription}' }),
  row('subscribe', {}, [...UNIT, 'system', 'admin'], { body: { url: HOOK, units: ['thu-lam'] } }),
  row('rotateSecret redeliver', about('subscription'), ['reception', 'admin'], { body: {} }),
  row('rotateSecret redeliver', about('systemSubscription'), ['system', 'admin'], { body: {} }),
  row('listAttempts unsubscribe', about('subscription'), ['reception', 'admin']),
  row('listAttempts unsubscribe', about('systemSubscription'), ['system', 'admin']),
  row('readFeed', {}, [...UNIT, 'system', 'admin'], { query: 'limit=500', shows: '{received}' }),
];

/** Records that nobody works on any more. */
const ARCHIVE: readonly Row[] = [
  row('holdRecord', about('closed'), KEEPERS, { body: HOLD }),
  row('releaseRecord', { ...about('held'), hold: '{hold}' }, ['head'], { body: HOLD }),
  row('listDueRecords', {}, [...KEEPERS, 'admin'], OF_UNIT),
  row('proposeDisposal', {}, KEEPERS, {
    body: {
      ...{ id: 'list-2', number: '13/QĐ', legalBasis: WHY, why: 'order' },
      fate: 'destroyed',
      dossiers: ['{closed}'],
    },
    refusedBy: 409,
  }),
  row('listDisposals', {}, [...KEEPERS, 'unit above', 'admin'], { shows: 'list-1' }),
  row('readDisposal listListedRecords', { id: 'list-1' }, [...KEEPERS, 'unit above', 'admin']),
  // The archivist proposed it.
  row('approveDisposal', { id: 'list-1' }, ['head', 'unit above']),
  row('declineDisposal', { id: 'list-1' }, ['head', 'unit above'], { body: { reason: WHY } }),
  row('withdrawDisposal', { id: 'list-1' }, KEEPERS),
];

/** What the administrator alone looks after. */
const ADMINISTRATION: readonly Row[] = [
  row(
    'listDeadLetters redeliverDeadLetters setDeadLettersAside listSetAside listBreakers listCertificates listProcedureVersions listUnits importUnits listOfficials importOfficials listSystems listConnectors listInstruments importInstruments listReorganisations planReorganisation rebuild',
    {},
    ['admin'],
    { loosely: true },
  ),
  row(
    'readProcedureVersion compareProcedureVersions putProcedureVersion publishProcedureVersion impactOfProcedureVersion retireProcedureVersion',
    { id: 'library-card', version: '1.0.0' },
    ['admin'],
    { loosely: true },
  ),
  row('putCalendarVersion', { id: 'vn', version: '9.0.0' }, ['admin'], { loosely: true }),
  row('readUnit putUnit', { id: 'thu-lam' }, ['admin'], { loosely: true }),
  row('readOfficial putOfficial', { id: 'thu-lam-clerk' }, ['admin'], { loosely: true }),
  row('readSystem putSystem', { id: 'ward-system' }, ['admin'], { loosely: true }),
  row('readConnector putConnector', { id: 'population' }, ['admin'], { loosely: true }),
  row('readInstrument putInstrument', { id: 'thu-lam-kt' }, ['admin'], { loosely: true }),
  row('readReorganisation cancelReorganisation', { id: 'reform' }, ['admin']),
];

/** For everybody, and for whoever holds an address, a mark or a secret: no relation helps him who has it not. */
const OPEN: readonly Row[] = [
  row('health listProcedures listCalendars', {}, EVERYBODY),
  row('readProcedure', { id: 'library-card' }, EVERYBODY),
  row('foreseeProcedure', { id: 'library-card' }, EVERYBODY, { body: { unit: 'thu-lam' } }),
  row('readCalendar readCalendarAsICalendar', { id: 'vn' }, EVERYBODY),
  row('readCalendarVersion', { id: 'vn', version: '1.0.0' }, EVERYBODY),
  row('trackDossier', { codeOrReference: '{reference}' }, EVERYBODY),
  row('fetchHeldPaper', { codeOrReference: '{reference}' }, [], { query: `mark=${'m'.repeat(22)}` }),
  row('putUpload', about('upload'), [], { query: 'expires=9&signature=x' }),
  row('putUploadPart', { ...about('upload'), part: '1' }, [], { query: 'expires=9&signature=x' }),
  row('downloadFile', { ...about('received'), doc: '{document}' }, [], {
    query: 'expires=9&signature=x&name=a&type=application/pdf',
  }),
  row('downloadEvidence', about('granted'), [], { query: 'expires=9&signature=x' }),
  row('showLink decideByLink', { token: 't'.repeat(43) }, []),
  // Whose signature it is counts, and no scope of a token. The system elsewhere may decide, and not report payments.
  row('decideByWebhook', {}, ['system', 'system without scope'], {
    body: { ...BY_SYSTEM, official: 'thu-lam-officer-1', task: '{verifying}.verify.1', outcome: 'valid' },
    signed: true,
  }),
  row('payByWebhook', {}, ['system', 'system without scope'], {
    body: { ...BY_SYSTEM, payment: 'p', dossier: '{paying}', amount: { value: 500, currency: 'VND' } },
    signed: true,
  }),
];

/** Every operation of the API, by relation: the one truth of who is let to what. */
export const TABLE: readonly Row[] = [...DOSSIERS, ...TASKS, ...BELONGINGS, ...ARCHIVE, ...ADMINISTRATION, ...OPEN];
