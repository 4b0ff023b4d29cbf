import { createHmac, createSecretKey } from 'node:crypto';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import { normalised } from '../../domain/normalised.ts';
import type { ProcedureVersion, Unit } from '../../schemas/organisation.ts';
import type { Prefilled } from '../../schemas/own-details.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue, Pinned } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { beginDossier, type Opening } from './begin-dossier.ts';
import { concernedBy } from './concerned.ts';
import { NothingToDecideBy } from './evaluator.ts';
import { type HandedIn, receiveDocuments, uploadsOf } from './received-documents.ts';

export interface Submission {
  procedure: string;
  /** Unit that receives. */
  unit: string;
  /** Where the applicant takes the result in person, if not there. */
  returnUnit?: string | undefined;
  channel: Dossier['channel'];
  /** Id of the dossier whose result it is about; who may see it is judged at the door. */
  about?: string | undefined;
  form: Readonly<Record<string, unknown>>;
  documents: readonly HandedIn[];
  contact: { email?: string | undefined; language?: string | undefined };
}

export interface Submitter {
  /** `sub` of the access token: whose the uploads are. */
  subject: string;
  /** Where it is not the applicant himself: whom the official has identified as such. */
  applicant?: { subject: string; identifiedBy: NonNullable<Dossier['identifiedBy']> } | undefined;
  /** Which answers stand as registers gave them of the applicant himself. */
  prefilled?: ((pinned: Pinned, form: Submission['form']) => Promise<Prefilled[]>) | undefined;
  idempotency?: ((dossier: Dossier) => IdempotencyRecord) | undefined;
}

/** Key by which an applicant's dossiers are found; tells nothing about the applicant without the platform's index key. */
export function applicantKeyOf(platform: Pick<Platform, 'config'>, subject: string): string {
  return createHmac('sha256', createSecretKey(platform.config.indexKey))
    .update(subject.normalize('NFC'))
    .digest('base64url');
}

/** Takes a submission whole or not at all: form, documents and first events become durable together. */
export async function submitDossier(
  platform: Platform,
  catalogue: Catalogue,
  submitter: Submitter,
  submission: Submission,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const now = platform.clock.now();
  const version = await catalogue.current(submission.procedure, now);
  if (!version) return refuseProcedure(await catalogue.published(submission.procedure), submission.procedure, now);
  const receives = await receivingUnit(catalogue, submission, now);
  if (!receives.ok) return receives;
  const { unit } = receives;
  const { returnUnit } = submission;
  if (returnUnit !== undefined && !(await catalogue.unitsInForce(now)).some(({ id }) => id === returnUnit))
    return refuse('unknown-unit', `expected a unit that hands over, got ${returnUnit}`, [
      { at: '/returnUnit', expected: 'a unit', found: returnUnit },
    ]);
  const pinned = await catalogue.pinned(version.id, version.version);
  if (pinned.procedure.input !== undefined)
    return refuse('not-entitled', `procedure ${version.id} is not applied for: a dossier of another one opens it`);
  if (pinned.procedure.startedBy === 'agency' && submission.channel === 'online')
    return refuse('not-entitled', `procedure ${version.id} is started by an authority, not by an applicant`);
  const formErrors =
    pinned.procedure.form === undefined ? [] : await pinned.validateForm(pinned.procedure.form, submission.form);
  if (formErrors.length > 0)
    return refuse(
      'form-invalid',
      `${formErrors.length} fields of the form need attention`,
      formErrors.map((error) => ({ ...error, at: `/form${error.at}` })),
    );
  const concerned = await concernedBy(platform, pinned.procedure, submission.about);
  if (!concerned.ok) return concerned;
  const { about } = concerned;
  try {
    return await record(platform, catalogue, { now, unit, pinned, about }, submitter, submission);
  } catch (error) {
    if (error instanceof NothingToDecideBy) return refuse('form-invalid', error.message);
    throw error;
  }
}

/** The unit named, or the one that stands in its place since a reorganisation: who does not know of that is not sent away. */
async function receivingUnit(
  catalogue: Catalogue,
  { unit: named, procedure }: Submission,
  now: number,
): Promise<{ ok: true; unit: Unit } | Refused> {
  const refuseUnit = (expected: string): Refused =>
    refuse('unknown-unit', `expected ${expected}, got ${named}`, [{ at: '/unit', expected, found: named }]);
  const [only = named, ...others] = await catalogue.standIn(named, { procedure, now });
  if (others.length > 0) return refuseUnit(`one of ${[only, ...others].join(', ')}, which took over`);
  const unit = (await catalogue.unitsInForce(now)).find(({ id }) => id === only);
  return unit ? { ok: true, unit } : refuseUnit('a unit that receives');
}

/** Why no dossier starts on a procedure now: it is not known, not yet in force, or not any more. */
function refuseProcedure(published: readonly ProcedureVersion[], id: string, now: number): Refused {
  const found = [{ at: '/procedure', expected: 'a procedure that takes new dossiers now', found: id }];
  const [coming] = published
    .flatMap(({ effectiveFrom }) => effectiveFrom ?? [])
    .filter((from) => Date.parse(from) > now)
    .toSorted();
  if (coming !== undefined)
    return refuse('not-published', `procedure ${id} takes new dossiers from ${coming} on`, found);
  const ended = published
    .flatMap(({ retiredFrom }) => retiredFrom ?? [])
    .toSorted()
    .at(-1);
  if (ended !== undefined)
    return refuse('not-published', `procedure ${id} takes no new dossiers since ${ended}`, found);
  return refuse('unknown-procedure', `expected a published procedure, got ${id}`, found);
}

async function record(
  platform: Platform,
  catalogue: Catalogue,
  { now, unit, pinned, about }: Pick<Opening, 'now' | 'unit' | 'pinned' | 'about'>,
  submitter: Submitter,
  { documents, ...submission }: Submission,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const { subject } = submitter.applicant ?? submitter;
  const applicantKey = applicantKeyOf(platform, subject);
  const form = normalised(submission.form);
  return beginDossier(platform, catalogue, {
    now,
    unit,
    pinned,
    id: `d${platform.ids.next(now)}`,
    channel: submission.channel,
    returnUnit: submission.returnUnit,
    about,
    form,
    prefilled: await submitter.prefilled?.(pinned, form),
    documents: documents.map(({ component, how, evidence, reference }) => ({
      component,
      evidence,
      how: reference ? 'reference' : how,
    })),
    receive: (dossier) =>
      receiveDocuments(platform, catalogue, pinned, dossier, {
        owners: [submitter.subject],
        ...(submission.channel === 'online' && { holder: applicantKey }),
        documents,
      }),
    applicantKey,
    identifiedBy: submitter.applicant?.identifiedBy,
    secret: { subject, contact: submission.contact },
    by: {
      actor: { kind: 'applicant', party: 'submitter' },
      uploads: uploadsOf(documents),
      ...(submitter.idempotency && { idempotency: submitter.idempotency }),
    },
  });
}
