import { sha256 } from '../../domain/chain.ts';
import { isSameOffice } from '../../domain/authority/organisation.ts';
import type { TaskState } from '../../domain/dossier/state.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { EventBody } from '../../schemas/events.ts';
import type { Official } from '../../schemas/organisation.ts';
import type { Stage } from '../../schemas/procedure/stages.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { readDocument, writeDocument } from '../dossiers/documents.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { issuingUnit } from './make-paper.ts';
import type { Standing } from '../stages/standing.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

interface Preparation {
  ok: true;
  credential: string;
  hash: Uint8Array;
  certificate: Uint8Array;
  finish(value: Uint8Array): Promise<Uint8Array>;
}

/** What a stage has signed in person, and where on it this step's place is: the issue of a `sign` stage, the record of an inspection. */
export function paperToSign(stage: Stage, task: TaskState): { issue: string; place?: string } | undefined {
  if (!task.step.startsWith('personal')) return undefined;
  if (stage.kind === 'sign') return { issue: stage.issue };
  if (stage.kind !== 'inspect' || stage.makes === undefined) return undefined;
  return { issue: stage.makes, place: placeOf(task.role ?? '', task.step) };
}

/** The place of one of those who took part: as many as there are, all in one role. */
export function placeOf(role: string, step: string): string {
  return `${role}-${step.slice('personal'.length)}`;
}

/** What an official must authorise at the signing service: the hash, and the credential that signs it. The same until the step is done. */
export async function prepareSignature(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  request: { issue: string; task: TaskState; official: OfficialActor; place?: string | undefined },
): Promise<Preparation | Refused> {
  const { loaded } = standing;
  const document = loaded.dossier.issues[request.issue]?.document;
  const pdf = document && (await readDocument(platform, loaded, document));
  if (!pdf) throw new Error(`issue ${request.issue} of dossier ${loaded.dossier.id}: its draft is missing`);
  const registered = await platform.registry.get('official', request.official.id);
  const credential = registered?.record.credential;
  const known = credential === undefined ? undefined : await platform.signer.credential(credential);
  if (!registered || credential === undefined || !known)
    return refuse('signature-required', `official ${request.official.id} has no credential at the signing service`);
  const prepared = await platform.papers.preparePersonal(pdf, {
    certificateChain: known.certificateChain,
    name: registered.record.name,
    capacity: capacityOf(registered.record, request.official),
    agency: (await issuingUnit(catalogue, loaded.dossier)).name,
    role: request.place ?? request.task.role ?? '',
    at: Date.parse(request.task.opened),
  });
  return {
    ok: true,
    credential,
    hash: prepared.hash,
    certificate: known.certificateChain[0] ?? new Uint8Array(),
    finish: (value) => prepared.finish(value),
  };
}

/** As it was judged where he acts for another; else the title of his own appointment, which may have several lines. */
function capacityOf(official: Official, { unit, role, onBehalfOf }: OfficialActor): readonly string[] {
  if (onBehalfOf) return onBehalfOf.capacity;
  const own = official.appointments.find((appointment) => isSameOffice(appointment, { unit, role }));
  return (own?.title ?? role).split('\n');
}

/** Signs a paper with the official's own key at the remote service. Nothing is recorded unless the service signed. */
export async function signPersonally(
  platform: Platform,
  catalogue: Catalogue,
  standing: Standing,
  request: {
    issue: string;
    task: TaskState;
    official: OfficialActor;
    place?: string | undefined;
    signature?: { credential: string; activation: string };
  },
): Promise<{ ok: true; event: EventBody } | Refused> {
  if (!request.signature)
    return refuse('signature-required', 'expected the activation of the official’s own signature', [
      { at: '/signature', expected: 'credential and activation of the signing service' },
    ]);
  const prepared = await prepareSignature(platform, catalogue, standing, request);
  if (!prepared.ok) return prepared;
  if (prepared.credential !== request.signature.credential)
    return refuse('signature-invalid', `expected the credential registered for ${request.official.id}`, [
      { at: '/signature/credential', expected: prepared.credential, found: request.signature.credential },
    ]);
  const signed = await platform.signer.signHash({
    credentialId: prepared.credential,
    hash: prepared.hash,
    activation: request.signature.activation,
  });
  if (!signed.ok) return refuse('signer-refused', `the signing service refused: ${signed.refusal.code}`);
  const { loaded } = standing;
  const document = await writeDocument(
    platform,
    { id: loaded.dossier.id, key: loaded.key },
    await prepared.finish(signed.value),
  );
  const copy = loaded.dossier.issues[request.issue]?.copy ?? 1;
  return {
    ok: true,
    event: {
      type: 'IssueSigned',
      data: {
        issue: request.issue,
        copy,
        step: request.task.step,
        document,
        certificate: sha256(prepared.certificate),
      },
    },
  };
}
