import { RecordsDisagree } from '../../domain/failures.ts';
import { sha256 } from '../../domain/chain.ts';
import { isSameOffice } from '../../domain/authority/organisation.ts';
import { LATENESS, type TaskState } from '../../domain/dossier/state.ts';
import type { PreparedPersonal, RefusedSignature } from '../../domain/ports/papers.ts';
import type {
  CertificateOwner,
  PersonalSignature,
  RevocationEvidence,
  SigningCredential,
} from '../../domain/ports/signing.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { HandedInSignature } from '../../schemas/api.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Official } from '../../schemas/organisation.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { readDocument, writeDocument } from '../dossiers/documents.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { issuingUnit } from './make-paper.ts';
import { type Standing, stageOf } from '../stages/standing.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

interface Preparation extends PreparedPersonal {
  ok: true;
  /** At the signing service; without it the official signs elsewhere. */
  credential?: string;
  owner: CertificateOwner;
}

/** What is signed in person, and where on it this step's place is: an apology, the issue of a `sign` stage, the record of an inspection. */
export function paperToSign(procedure: Procedure, task: TaskState): { issue: string; place?: string } | undefined {
  if (!task.step.startsWith('personal')) return undefined;
  if (task.kind === LATENESS)
    return procedure.clock.late?.makes === undefined ? undefined : { issue: procedure.clock.late.makes };
  const stage = stageOf(procedure, task.stage);
  if (stage.kind === 'sign') return { issue: stage.issue };
  if (stage.kind !== 'inspect' || stage.makes === undefined) return undefined;
  return { issue: stage.makes, place: placeOf(task.role ?? '', task.step) };
}

/** The place of one of those who took part: as many as there are, all in one role. */
export function placeOf(role: string, step: string): string {
  return `${role}-${step.slice('personal'.length)}`;
}

/** What an official signs: the document, and what to authorise where the credential is. The same until the step is done. */
export async function prepareSignature(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  request: { issue: string; task: TaskState; official: OfficialActor; place?: string | undefined },
): Promise<Preparation | Refused> {
  const { loaded } = standing;
  const document = loaded.dossier.issues[request.issue]?.document;
  const paper = document && (await readDocument(platform, loaded, document));
  if (!paper) throw new RecordsDisagree(`issue ${request.issue} of dossier ${loaded.dossier.id}: its draft is missing`);
  const found = await signerOf(platform, request.official.id);
  if (!found.ok) return found;
  const { registered, known, owner } = found;
  const prepared = await platform.papers.preparePersonal(paper, {
    ...(known && { certificateChain: known.certificateChain }),
    name: registered.name,
    capacity: capacityOf(registered, request.official),
    agency: (await issuingUnit(catalogue, loaded.dossier)).name,
    role: request.place ?? request.task.role ?? '',
    at: Date.parse(request.task.opened),
  });
  return { ...prepared, ok: true, ...(known && { credential: known.credentialId }), owner };
}

/** Who signs: as registered, what the signing service knows of his key, and whose certificate is expected. */
export async function signerOf(
  platform: Pick<Platform, 'registry' | 'signer'>,
  id: string,
): Promise<
  { ok: true; registered: Official; known: SigningCredential | undefined; owner: CertificateOwner } | Refused
> {
  const registered = (await platform.registry.get('official', id))?.record;
  if (!registered) return refuse('signature-required', `official ${id} is not registered`);
  const { credential, certificate } = registered;
  const known = credential === undefined ? undefined : await platform.signer.credential(credential);
  const ids = [id, ...(credential === undefined ? [] : [credential])];
  return { ok: true, registered, known, owner: { ids, certificate } };
}

/** As it was judged where he acts for another; else the title of his own appointment, which may have several lines. */
function capacityOf(official: Official, { unit, role, onBehalfOf }: OfficialActor): readonly string[] {
  if (onBehalfOf) return onBehalfOf.capacity;
  const own = official.appointments.find((appointment) => isSameOffice(appointment, { unit, role }));
  return (own?.title ?? role).split('\n');
}

/** Who signs which paper, and by what. */
export interface PersonalSigning {
  issue: string;
  task: TaskState;
  official: OfficialActor;
  place?: string | undefined;
  signature?: HandedInSignature | undefined;
}

/** Takes an official's signature, of the signing service or made elsewhere, once it is known to hold. Nothing is recorded before. */
export async function signPersonally(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  request: PersonalSigning,
): Promise<{ ok: true; event: EventBody } | Refused> {
  if (!request.signature)
    return refuse('signature-required', 'expected the official’s own signature', [
      { at: '/signature', expected: 'credential and activation of the signing service, or a CMS' },
    ]);
  const prepared = await prepareSignature(platform, catalogue, standing, request);
  if (!prepared.ok) return prepared;
  const made = await signatureOf(platform, prepared, request.official, request.signature);
  if (!made.ok) return made;
  const accepted = await prepared.accept(made.signature, prepared.owner);
  if (!accepted.ok) return refuseSignature(accepted);
  const { loaded } = standing;
  const dossier = { id: loaded.dossier.id, key: loaded.key };
  const [document, judgedBy] = await Promise.all([
    writeDocument(platform, dossier, accepted.paper),
    keepEvidence(platform, dossier, accepted.evidence),
  ]);
  return {
    ok: true,
    event: {
      type: 'IssueSigned',
      data: {
        issue: request.issue,
        copy: loaded.dossier.issues[request.issue]?.copy ?? 1,
        step: request.task.step,
        document,
        certificate: sha256(accepted.certificate),
        judgedBy,
      },
    },
  };
}

/** By what a signature was judged, kept with the documents. */
export function keepEvidence(
  platform: Platform,
  dossier: { id: string; key: Uint8Array },
  { crls, ocsps }: RevocationEvidence,
): Promise<{ kind: 'crl' | 'ocsp'; document: string }[]> {
  const keep = (kind: 'crl' | 'ocsp') => async (bytes: Uint8Array) => ({
    kind,
    document: await writeDocument(platform, dossier, bytes),
  });
  return Promise.all([...crls.map(keep('crl')), ...ocsps.map(keep('ocsp'))]);
}

/** What came, or what the signing service makes of it: nothing leaves it that the official has not authorised. */
export async function signatureOf(
  { signer }: Pick<Platform, 'signer'>,
  { credential, hash }: Pick<Preparation, 'credential' | 'hash'>,
  official: OfficialActor,
  handedIn: HandedInSignature,
): Promise<{ ok: true; signature: PersonalSignature } | Refused> {
  if ('cms' in handedIn) return { ok: true, signature: { cms: new Uint8Array(Buffer.from(handedIn.cms, 'base64')) } };
  if (credential === undefined || !hash)
    return refuse('signature-required', `official ${official.id} has no credential at the signing service`);
  if (credential !== handedIn.credential)
    return refuse('signature-invalid', `expected the credential registered for ${official.id}`, [
      { at: '/signature/credential', expected: credential, found: handedIn.credential },
    ]);
  const { activation } = handedIn;
  const signed = await signer.signHash({ credentialId: credential, hash, activation });
  if (!signed.ok) return refuse('signer-refused', `the signing service refused: ${signed.refusal.code}`);
  return { ok: true, signature: { value: signed.value } };
}

/** Refuses with the fault that was found. */
export function refuseSignature({ fault, problem }: RefusedSignature): Refused {
  const expected = 'a signature of the official over this document, good now';
  const { refusal } = refuse('signature-invalid', `the signature is not accepted, ${fault}: ${problem}`, [
    { at: '/signature', expected, found: fault },
  ]);
  return { ok: false, refusal: { ...refusal, fault } };
}
