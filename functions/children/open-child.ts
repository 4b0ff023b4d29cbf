import { accept } from '../../domain/dossier/commands/decision.ts';
import { park } from '../../domain/dossier/commands/stages.ts';
import type { ChildState, Dossier } from '../../domain/dossier/state.ts';
import { RecordsDisagree, TaskRetryable, TaskTerminal } from '../../domain/failures.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { EventBody } from '../../schemas/events.ts';
import { evidenceOf } from '../../schemas/procedure/papers.ts';
import { type Refused, refuse } from '../../schemas/refusals.ts';
import { beginDossier } from '../dossiers/begin-dossier.ts';
import { readDocument, writeDocument } from '../dossiers/documents.ts';
import type { DocumentSecrets, Received } from '../dossiers/received-documents.ts';
import { withdrawDossier } from '../dossiers/withdraw.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, type Extras } from '../runtime/append.ts';
import { findSecret, loadAtLeast, type Loaded, secretOf } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { followChildren } from '../stages/open.ts';

type Data = Readonly<Record<string, unknown>>;
const PLATFORM = { kind: 'platform' } as const;

/** Opens a dossier that another one ordered, or calls it back. Done twice it has the effect of once: a child's id is always the same. */
export async function dealWithChild(platform: Platform, catalogue: Catalogue, row: OutboxRow): Promise<void> {
  const { child, does } = row.body as { child: string; does: 'open' | 'recall' };
  const seen = ({ dossier: { children } }: Loaded): boolean =>
    does === 'open' ? children[child] !== undefined : children[child]?.recalled != null;
  const parent = await loadAtLeast(platform, row.dossier, seen);
  const ordered = parent?.dossier.children[child];
  if (!parent || !ordered || ordered.answer !== null) return;
  if (does === 'recall') return recall(platform, catalogue, parent.dossier, ordered);
  if (ordered.recalled !== null || ordered.failed !== null || (await platform.store.head(child))) return;
  const refused = await open(platform, catalogue, parent, ordered);
  if (refused) await tellNotOpened(platform, catalogue, parent.dossier.id, { child, refused });
}

/**
 * A child is opened, or answered for as one that never was: both commits carry this, so that of two processes one comes first and the other finds what that one
 * did when it looks again.
 */
function onlyOnce({ clock }: Platform, child: string): NonNullable<Extras['idempotency']> {
  return () => ({ scope: `child:${child}`, key: 'opened', request: '', status: 200, body: '', at: clock.now() });
}

/** Answers why it cannot be opened. */
async function open(
  platform: Platform,
  catalogue: Catalogue,
  parent: Loaded,
  ordered: ChildState,
): Promise<Refused | undefined> {
  const { dossier } = parent;
  const unit = await catalogue.unit(ordered.unit);
  if (!unit) throw new RecordsDisagree(`registry: unit ${ordered.unit} is missing`);
  const pinned = await catalogue.pinned(ordered.procedure, ordered.version);
  const input = secretOf(parent, ordered.order.seq)['input'] as Data;
  const documents = dossier.documents.filter(
    ({ component, how, evidence }, index, all) =>
      // What the child may not have itself stays where it is, and so does what is no evidence there.
      (how === 'reference' || pinned.procedure.documents?.[component]?.classified !== true) &&
      (evidence === undefined || evidenceOf(pinned.procedure.documents?.[component] ?? {}).has(evidence)) &&
      ordered.gets.includes(component) &&
      all.findLastIndex((other) => other.component === component) === index,
  );
  const first = secretOf(parent, 1);
  try {
    const begun = await beginDossier(platform, catalogue, {
      id: ordered.child,
      now: platform.clock.now(),
      unit,
      pinned,
      channel: 'agency',
      returnUnit: dossier.returnUnit ?? dossier.receivingUnit,
      // A procedure that says nothing of a parent is handed its form.
      form: pinned.procedure.input === undefined && pinned.procedure.form !== undefined ? input : {},
      parent: {
        place: {
          dossier: dossier.id,
          part: ordered.part,
          order: ordered.order,
          depth: (dossier.parent?.depth ?? 0) + 1,
        },
        input,
        view: viewOfParent(dossier),
      },
      documents,
      receive: (child) => copyDocuments(platform, parent, child, documents),
      applicantKey: dossier.applicantKey,
      secret: { subject: first['subject'], contact: {} },
      by: { actor: PLATFORM, idempotency: onlyOnce(platform, ordered.child) },
    });
    if (begun.ok || (await platform.store.head(ordered.child))) return undefined;
    if (begun.refusal.code === 'conflict') throw new TaskRetryable(`child ${ordered.child}: ${begun.refusal.detail}`);
    return begun;
  } catch (error) {
    if (!(error instanceof TaskTerminal)) throw error;
    return refuse('inadmissible', error.message);
  }
}

/** What a child may read of the dossier that opened it; the rest it is handed. */
function viewOfParent({ code, reference, procedure }: Dossier): Data {
  return { reference, procedure, ...(code !== null && { code }) };
}

/** Documents are kept under the child's own key: its record holds without the parent's. */
async function copyDocuments(
  platform: Platform,
  parent: Loaded,
  child: { id: string; key: Uint8Array },
  documents: Dossier['documents'],
): Promise<Received> {
  const names: Record<string, string> = {};
  const signers: Record<string, string> = {};
  for (const { sha256, seq, component } of documents) {
    const bytes = await readDocument(platform, parent, sha256);
    if (!bytes) throw new TaskTerminal(`document ${component}: expected its content, it is not there`);
    await writeDocument(platform, child, bytes);
    const secret = findSecret(parent, seq) as Partial<DocumentSecrets> | undefined;
    const [name, signer] = [secret?.names?.[sha256], secret?.signers?.[sha256]];
    if (name !== undefined) names[sha256] = name;
    if (signer !== undefined) signers[sha256] = signer;
  }
  const refs = documents.map(({ component, sha256, size, mediaType, how, evidence, signature }) => ({
    component,
    sha256,
    size,
    mediaType,
    how,
    ...(evidence !== undefined && { evidence }),
    ...(signature && { signature }),
  }));
  return { ok: true, documents: refs, names, signers };
}

/** Whoever waits for it is parked with the reason. Where nobody does any more, that there is none is its result. */
async function tellNotOpened(
  platform: Platform,
  catalogue: Catalogue,
  parent: string,
  { child, refused: { refusal } }: { child: string; refused: Refused },
): Promise<void> {
  await appendSurely(platform, parent, ({ dossier }) => {
    const ordered = dossier.children[child];
    if (!ordered || ordered.answer || ordered.recalled !== null || ordered.failed !== null)
      return { decision: accept(), actor: PLATFORM };
    if (dossier.stage !== ordered.stage) return answerFor(platform, catalogue, ordered, 'stopped');
    const errors = (refusal.errors ?? []).map(({ at, expected }) => `; ${at}: expected ${expected}`).join('');
    const cause = `part ${ordered.part}: ${refusal.code}: ${refusal.detail}${errors}`;
    const failed: EventBody = { type: 'ChildFailed', data: { child, cause: cause.slice(0, 500) } };
    const parked = park(dossier, { run: dossier.run, error: 'ChildNotOpened', cause });
    return { decision: parked.ok ? accept(failed, ...parked.events) : parked, actor: PLATFORM };
  });
}

/** Withdraws a child as far as its law lets one; else it goes its way, and its result is kept. */
async function recall(platform: Platform, catalogue: Catalogue, parent: Dossier, { child }: ChildState): Promise<void> {
  if (await platform.store.head(child)) {
    const withdrawn = await withdrawDossier(platform, catalogue, child, { by: 'parent' });
    if (withdrawn.ok || withdrawn.refusal.code === 'withdrawal-closed') return;
    throw new TaskRetryable(`child ${child}: ${withdrawn.refusal.detail}`);
  }
  await appendSurely(platform, parent.id, ({ dossier }) => {
    const ordered = dossier.children[child];
    if (!ordered || ordered.answer) return { decision: accept(), actor: PLATFORM };
    return answerFor(platform, catalogue, ordered, 'withdrawn');
  });
}

/** The result of a child that was never opened. */
function answerFor(
  platform: Platform,
  catalogue: Catalogue,
  { child, stage, visit }: ChildState,
  result: 'withdrawn' | 'stopped',
) {
  const answered: EventBody = { type: 'ChildAnswered', data: { child, result } };
  return {
    decision: accept(answered),
    actor: PLATFORM,
    idempotency: onlyOnce(platform, child),
    goOn: (loaded: Loaded) => followChildren(platform, catalogue, loaded, { stage, visit }),
  };
}
