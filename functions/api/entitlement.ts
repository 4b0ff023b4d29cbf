import { COORDINATION } from '../../domain/dossier/coordination.ts';
import { type Dossier, INCOMING, type TaskState } from '../../domain/dossier/state.ts';
import type { Head } from '../../schemas/dossier.ts';
import type { DossierSummary } from '../../schemas/api.ts';
import { hasHolder } from '../dossiers/holder.ts';
import { applicantKeyOf } from '../dossiers/submit.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Identity } from './authentication.ts';
import { refuseDisposed } from '../../schemas/refusals.ts';
import { answerRefusal, RequestRefused } from './problem.ts';
import type { Surface } from './surface.ts';

type Placed = Pick<Head, 'id' | 'applicantKey' | 'unit' | 'receivingUnit' | 'procedure'> & Pick<Dossier, 'returnUnit'>;

/** Whether the caller may see this dossier: applicants what they hold, officials those of their unit and of those it took over, the administrator where it stands. */
export async function maySee(
  surface: Pick<Surface, 'platform' | 'catalogue'>,
  identity: Identity,
  dossier: Placed,
): Promise<boolean> {
  switch (identity.kind) {
    case 'applicant':
      // An official's key stands also in what he took in for nobody in particular.
      return (
        dossier.applicantKey === applicantKeyOf(surface.platform, identity.subject) &&
        (await hasHolder(surface.platform, dossier.id))
      );
    case 'official':
      // What nobody could place yet is the coordinators'.
      for (const unit of [dossier.unit ?? COORDINATION.unit, dossier.receivingUnit, dossier.returnUnit])
        if (unit && (await standsInFor(surface, identity.appointment.unit, { ...dossier, unit }))) return true;
      return false;
    case 'system':
      return identity.system.units.some((unit) => unit === dossier.unit || unit === dossier.receivingUnit);
    case 'admin':
      return true;
  }
}

/** A document or paper of a dossier: also for officials of a body that is consulted, or of a unit to which the paper went, and gets it. */
export async function loadForDocument(
  surface: Surface,
  identity: Identity,
  id: string,
  digest: string,
): Promise<Loaded> {
  if (identity.kind === 'official') {
    const { cache, store, masterKey } = surface.platform;
    const loaded = await cache.load(id, store, masterKey);
    if (loaded && isGivenTo(loaded.dossier, identity.appointment.unit, digest)) return loaded;
  }
  return loadFor(surface, identity, id);
}

/** Whether a body that is consulted, or a unit to which a paper went, was given a document or paper. */
export function isGivenTo(dossier: Dossier, unit: string, digest: string): boolean {
  const asked = Object.values(dossier.tasks).filter((task) => task.unit === unit && !task.cancelled && isGiving(task));
  const gets = new Set(asked.flatMap(({ part }) => part?.gets ?? []));
  return (
    dossier.documents.some(({ component, sha256 }) => sha256 === digest && gets.has(component)) ||
    asked.some(({ given = [] }) => given.some(({ sha256, readable }) => sha256 === digest || readable === digest))
  );
}

/** Work to which a unit is given something to read: an opinion, or a paper that went to it. */
function isGiving({ part, kind }: TaskState): boolean {
  return part !== undefined || kind === INCOMING;
}

/** Whether a unit is this one, or stands in its place since a reorganisation. */
export async function standsInFor(
  { platform, catalogue }: Pick<Surface, 'platform' | 'catalogue'>,
  unit: string,
  before: { unit: string; procedure?: string },
): Promise<boolean> {
  if (unit === before.unit) return true;
  return (await catalogue.standIn(before.unit, { ...before, now: platform.clock.now() })).includes(unit);
}

/** A dossier that the caller may see. To applicants another's dossier does not exist; officials learn that it is another unit's. */
export async function loadFor(surface: Surface, identity: Identity, id: string): Promise<Loaded> {
  const { cache, store, masterKey } = surface.platform;
  const loaded = await cache.load(id, store, masterKey);
  if (loaded) {
    await seeOrRefuse(surface, identity, loaded.dossier);
    return loaded;
  }
  const head = await store.head(id);
  if (!head?.disposed) throw new RequestRefused('unknown-dossier', `expected the id of a dossier, got ${id}`);
  await seeOrRefuse(surface, identity, head);
  answerRefusal(refuseDisposed(id, head.disposed).refusal);
}

/** Whether a dossier that the caller may see was disposed of, so that only what needs no key is left of it. */
export async function isGoneFor(surface: Surface, identity: Identity, id: string): Promise<boolean> {
  const head = await surface.platform.store.head(id);
  if (!head?.disposed) return false;
  await seeOrRefuse(surface, identity, head);
  return true;
}

async function seeOrRefuse(surface: Surface, identity: Identity, dossier: Placed): Promise<void> {
  const { id } = dossier;
  if (await maySee(surface, identity, dossier)) return;
  if (identity.kind === 'official') {
    const { appointment } = identity;
    await keepDenial(surface, identity, id);
    throw new RequestRefused('wrong-unit', `dossier ${id} belongs to another unit than ${appointment.unit}`);
  }
  throw new RequestRefused('unknown-dossier', `expected the id of a dossier, got ${id}`);
}

/** That an official was denied a dossier is kept before he learns it. */
export async function keepDenial(
  { platform, log }: Pick<Surface, 'platform' | 'log'>,
  { official: { id: official }, appointment: { unit, role } }: Extract<Identity, { kind: 'official' }>,
  dossier: string,
): Promise<void> {
  const kept = await platform.denials.add({ dossier, official, unit, role, at: platform.clock.now() });
  log({ level: 'warn', code: 'access-refused', official, unit, dossier, kept: Number(kept) });
}

/** Where a dossier stands, from its events alone. */
export function summaryOf(dossier: Dossier): DossierSummary {
  const { id, reference, code, procedure, channel, receivingUnit, unit, stage, result, submitted, updated } = dossier;
  const { status: business, portal, financial, delivery } = dossier;
  return {
    id,
    reference,
    code,
    procedure,
    version: dossier.procedureVersion,
    channel,
    receivingUnit,
    unit,
    stage,
    status: { business, portal, financial, delivery },
    result,
    due: dossier.promise?.due ?? null,
    submitted,
    updated,
    head: { seq: dossier.version, hash: dossier.hash },
  };
}

/** The same, from the row that lists keep. */
export function summaryOfHead(head: Head): Omit<DossierSummary, 'channel'> {
  const { id, reference, code, procedure, receivingUnit, unit, stage, result, submitted, updated, due } = head;
  const { status: business, portal, financial, delivery } = head;
  return {
    id,
    reference,
    code,
    procedure,
    version: head.procedureVersion,
    receivingUnit,
    unit,
    stage,
    status: { business, portal, financial, delivery },
    result,
    due,
    submitted,
    updated,
    head: { seq: head.version, hash: head.hash },
  };
}
