import { X509Certificate } from 'node:crypto';
import { verifyContainer } from '../../adapters/asice/verify-container.ts';
import { verifyPdf } from '../../adapters/pdf/verify-pdf.ts';
import { findChainFault } from '../../domain/chain.ts';
import { headOf, isOpen } from '../../domain/dossier/project.ts';
import { readDocument } from '../../functions/dossiers/documents.ts';
import { DossierCache, type Loaded } from '../../functions/runtime/dossier-cache.ts';
import { CONTAINER_MEDIA_TYPE, JSON_ISSUE_MEDIA_TYPE } from '../../functions/issues/media-types.ts';
import { signatureSteps } from '../../functions/issues/steps.ts';
import type { StageMachine } from './stage-machine.ts';

/** What must hold of every dossier at every end of a story, whatever its author expects. Answers what does not. */
export async function findRecordFaults(stage: StageMachine, dossierId: string): Promise<string[]> {
  const { platform, pki } = stage.machine;
  const loaded = await new DossierCache(1).load(dossierId, platform.store, platform.masterKey);
  if (!loaded) return [`dossier ${dossierId} is not in the store`];
  const [certificate] = await (await pki.recordKey()).certificateChain();
  const key = new X509Certificate(certificate ?? new Uint8Array()).publicKey;
  const fault = findChainFault(await platform.store.events(dossierId), (kid) =>
    kid === platform.recordKey.kid ? key : undefined,
  );
  const head = await platform.store.head(dossierId);
  return [
    ...(fault ? [`the chain does not hold at event ${fault.seq}: ${fault.fault}`] : []),
    ...(JSON.stringify(head) === JSON.stringify(headOf(loaded.dossier))
      ? []
      : ['the head in the store is not what the events say']),
    ...(await taskFaults(stage, loaded)),
    ...(await paperFaults(stage, loaded)),
    ...numberFaults(loaded),
    ...(await deadRows(stage)),
  ];
}

/** What must hold between dossiers that opened one another: each names the other's events by the hash that they have, and what is over there is over here. */
export function findFamilyFaults(family: readonly Loaded[], hashes: ReadonlyMap<string, string>): string[] {
  const known = new Map(family.map(({ dossier }) => [dossier.id, dossier]));
  const isThere = (id: string, place: { seq: number; hash: string } | null | undefined): boolean =>
    place != null && hashes.get(`${id}:${place.seq}`) === place.hash;
  return family.flatMap(({ dossier }) =>
    Object.values(dossier.children).flatMap(({ child, answer, closed, order, recalled }) => {
      const opened = known.get(child);
      const tell = (fault: string): string[] => [`child ${child}: ${fault}`];
      if (!opened) return answer || recalled !== null ? [] : tell('it was ordered and is not there');
      if (opened.parent?.dossier !== dossier.id || !isThere(dossier.id, opened.parent.order))
        return tell('it does not name the event that ordered it');
      if (opened.parent.order.hash !== order.hash) return tell('it was opened by another order');
      if ((opened.result === null) !== (answer === null)) return tell('its result did not arrive');
      if (answer && (answer.result !== opened.result || !isThere(child, answer.head)))
        return tell('another result was heard than it has');
      if ((opened.status === 'closed') !== (closed !== null)) return tell('its end was not heard');
      return closed && !isThere(child, closed) ? tell('its end is named by a hash that it does not have') : [];
    }),
  );
}

async function taskFaults({ machine }: StageMachine, { dossier }: Loaded): Promise<string[]> {
  const items = await machine.platform.store.openTasksOf(dossier.id);
  const listed = items.map(({ id }) => id).sort();
  const open = Object.values(dossier.tasks)
    .filter(isOpen)
    .map(({ task }) => task)
    .sort();
  return listed.join() === open.join()
    ? []
    : [`queues list ${listed.join() || 'nothing'}, open is ${open.join() || 'nothing'}`];
}

/** Every sealed paper verifies: as many valid signatures as the procedure names, the last over the whole document. */
async function paperFaults({ machine }: StageMachine, loaded: Loaded): Promise<string[]> {
  const { dossier } = loaded;
  const { procedure } = await machine.catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const faults: string[] = [];
  for (const [name, { sealed }] of Object.entries(dossier.issues)) {
    const issue = procedure.issues?.[name];
    if (!sealed || sealed.mediaType === JSON_ISSUE_MEDIA_TYPE || !issue) continue;
    const pdf = await readDocument(machine.platform, loaded, sealed.document);
    if (!pdf) {
      faults.push(`issue ${name}: its document is missing`);
      continue;
    }
    const trust = { anchors: [machine.pki.root] };
    const { signatures, problems, unsigned } =
      sealed.mediaType === CONTAINER_MEDIA_TYPE
        ? { ...verifyContainer(pdf, trust), unsigned: [] }
        : verifyPdf(pdf, trust);
    const wanted = signatureSteps(issue).filter(({ step }) => !step.startsWith('initials')).length;
    if (problems.length > 0 || unsigned.length > 0)
      faults.push(`issue ${name}: ${[...problems, ...unsigned].join('; ')}`);
    if (signatures.length !== wanted || signatures.some(({ valid }) => !valid))
      faults.push(
        `issue ${name}: expected ${wanted} valid signatures, got ${signatures.filter(({ valid }) => valid).length} of ${signatures.length}`,
      );
  }
  return faults;
}

function numberFaults({ dossier }: Loaded): string[] {
  const numbers = Object.values(dossier.issues).flatMap(({ number }) =>
    number ? [`${number.unit}:${number.register}:${number.year}:${number.number}`] : [],
  );
  return new Set(numbers).size === numbers.length ? [] : ['a register number was given twice'];
}

async function deadRows({ truth }: StageMachine): Promise<string[]> {
  const { items } = await truth.outboxDead({ limit: 10 });
  return items.map(({ id, error }) => `work was given up: ${id} (${error ?? 'no reason'})`);
}
