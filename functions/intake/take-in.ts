import { sha256 } from '../../domain/chain.ts';
import { type Compared, refuseIntake, takeIn } from '../../domain/dossier/commands/intake.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { Actor } from '../../schemas/actor.ts';
import type { HandedInSignature } from '../../schemas/api.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { writeDocument } from '../dossiers/documents.ts';
import { keepEvidence, refuseSignature, signatureOf, signerOf } from '../issues/sign-personally.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { append, type Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { authorise } from '../tasks/authority.ts';
import { manifestOf } from './manifest.ts';

type OfficialActor = Extract<Actor, { kind: 'official' }>;

/** Who takes paper in at which task, and what he says of it. */
export interface IntakeOrder extends Compared {
  task: string;
  by: OfficialActor;
  /** The instrument by which he acts in an office that is not his own. */
  onBehalfOf?: string | undefined;
}

/** What is signed: the bytes, and what to authorise at the signing service or to sign elsewhere. */
export interface ToTakeIn {
  ok: true;
  manifest: Uint8Array;
  digest: Uint8Array;
  credential?: string;
  hash?: Uint8Array;
}

/** What an official is to sign; the same until somebody has signed it, or another scan comes. */
export async function prepareIntake(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  order: IntakeOrder,
): Promise<ToTakeIn | Refused> {
  const judged = await judge(platform, catalogue, loaded, order);
  if (!judged.ok) return judged;
  const prepared = await prepare(platform, loaded, { ...order, ...judged });
  if (!prepared.ok) return prepared;
  const { manifest, bytes, credential } = prepared;
  return {
    ok: true,
    manifest,
    digest: bytes.digest,
    ...(credential !== undefined && bytes.hash && { credential, hash: bytes.hash }),
  };
}

/** Takes paper in by an official's signature over its scans, once it is known to hold. Nothing is recorded before. */
export async function takePaperIn(
  platform: Platform,
  catalogue: Catalogue,
  order: IntakeOrder & {
    signature: HandedInSignature;
    idempotency?: ((after: Dossier) => IdempotencyRecord) | undefined;
  },
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const [dossier = ''] = order.task.split('.');
  const appended = await append(platform, dossier, async (loaded): Promise<Proposal> => {
    const proposed = await propose(platform, catalogue, loaded, order);
    return { actor: order.by, ...proposed, ...(order.idempotency && { idempotency: order.idempotency }) };
  });
  return appended.ok ? { ok: true, dossier: appended.loaded.dossier } : appended;
}

async function propose(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  order: IntakeOrder & { signature: HandedInSignature },
): Promise<Pick<Proposal, 'decision'> & Partial<Proposal>> {
  const judged = await judge(platform, catalogue, loaded, order);
  if (!judged.ok) return { decision: judged };
  const { task } = judged;
  const prepared = await prepare(platform, loaded, { ...order, ...judged });
  if (!prepared.ok) return { decision: prepared };
  const { bytes, manifest, owner, credential } = prepared;
  const made = await signatureOf(platform, { ...bytes, ...(credential && { credential }) }, judged.by, order.signature);
  if (!made.ok) return { decision: made };
  const accepted = await bytes.accept(made.signature, owner);
  if (!accepted.ok) return { decision: refuseSignature(accepted) };
  // The signing service took its time: who signs must still be the one who may when it is recorded.
  const still = await judge(platform, catalogue, loaded, order);
  if (!still.ok) return { decision: still };
  const place = { id: loaded.dossier.id, key: loaded.key };
  const [kept, signature, judgedBy] = await Promise.all([
    writeDocument(platform, place, manifest),
    writeDocument(platform, place, accepted.cms),
    keepEvidence(platform, place, accepted.evidence),
  ]);
  const by = { ...still.by, assurance: 'signature' as const };
  const signed = { manifest: kept, signature, certificate: sha256(accepted.certificate), judgedBy };
  return { decision: takeIn(loaded.dossier, { ...order, task, by, signed }), actor: by };
}

/** Whether he may, and says what there is to say; as whom he acts. */
async function judge(
  platform: Platform,
  catalogue: Catalogue,
  { dossier }: Loaded,
  order: IntakeOrder,
): Promise<{ ok: true; task: TaskState; by: OfficialActor } | Refused> {
  const task = dossier.tasks[order.task];
  if (!task) return refuse('unknown-task', `expected a task that exists, got ${order.task}`);
  const now = platform.clock.now();
  const acting = await authorise(catalogue, now, order.by, { dossier, task, onBehalfOf: order.onBehalfOf });
  if (!acting.ok) return acting;
  const refused = refuseIntake(dossier, task, acting.by, order);
  if (refused) return refused;
  const today = localDate(await catalogue.calendarOf(task.unit ?? dossier.receivingUnit), now);
  if (order.keeps && order.keeps.until < today)
    return refuse('form-invalid', `expected a last day of custody from ${today} on, got ${order.keeps.until}`, [
      { at: '/keeps/until', expected: `a day from ${today} on`, found: order.keeps.until },
    ]);
  return { ok: true, task, by: acting.by };
}

async function prepare(
  platform: Platform,
  { dossier }: Loaded,
  said: Compared & { task: TaskState; by: OfficialActor },
) {
  const signer = await signerOf(platform, said.by.id);
  if (!signer.ok) return signer;
  const { known, owner } = signer;
  const manifest = manifestOf(dossier, said.task, said);
  const bytes = await platform.papers.prepareBytes(manifest, known?.certificateChain);
  return { ok: true as const, manifest, bytes, owner, credential: known?.credentialId };
}
