import { isPaperChannel } from '../../domain/dossier/paper.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import type { Unit } from '../../schemas/organisation.ts';
import type { Prefilled } from '../../schemas/own-details.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { firstStage } from '../../workflows/route.ts';
import { startOnSubmission } from '../clock/move-clock.ts';
import type { Catalogue, Pinned } from '../procedures/catalogue.ts';
import { begin } from '../runtime/append.ts';
import type { Platform } from '../runtime/platform.ts';
import type { Concerned } from './concerned.ts';
import { decidingUnit } from './competence.ts';
import { Evaluator } from './evaluator.ts';
import { computeFacts, computeParties } from './facts.ts';
import { aboutView } from './view.ts';
import { findMissing, type HandedIn, type Received, signersIn } from './received-documents.ts';

type Data = Readonly<Record<string, unknown>>;

/** What a new dossier begins with, whoever opens it. */
export interface Opening {
  id: string;
  now: number;
  /** Unit that receives. */
  unit: Unit;
  pinned: Pinned;
  channel: Dossier['channel'];
  returnUnit?: string | undefined;
  form: Data;
  /** What the dossier that opens this one hands in, and what may be read of it. */
  parent?: { place: NonNullable<Dossier['parent']>; input: Data; view: Data };
  /** The earlier result that it is about. */
  about?: Concerned | undefined;
  documents: readonly (Pick<HandedIn, 'component' | 'evidence'> & { how: string })[];
  /** Keeps the documents under the new dossier's key. */
  receive: (dossier: { id: string; key: Uint8Array }) => Promise<Received>;
  /** Answers that stand as registers gave them of the applicant. */
  prefilled?: readonly Prefilled[] | undefined;
  applicantKey: string;
  /** At the counter or by post: the official who identified the applicant. */
  identifiedBy?: Dossier['identifiedBy'];
  /** What else the first event keeps: who the applicant is, and where notices go. */
  secret: Data;
  by: Parameters<typeof begin>[3];
}

/** Makes the first events of a dossier, and all that is computed from what was handed in, durable together. */
export async function beginDossier(
  platform: Platform,
  catalogue: Catalogue,
  opening: Opening,
): Promise<{ ok: true; dossier: Dossier } | Refused> {
  const { id, now, unit, pinned, form, parent, about } = opening;
  const calendar = await catalogue.calendarOf(unit.id);
  const view = {
    form,
    facts: {},
    ...(parent && { input: parent.input, parent: parent.view }),
    ...(about && { about: aboutView(about, (instant) => localDate(calendar, Date.parse(instant))) }),
    documents: presence(pinned, opening.documents),
    dossier: {
      channel: opening.channel,
      submitted: localDate(calendar, now),
      submittedAt: new Date(now).toISOString(),
      today: localDate(calendar, now),
      receivingUnit: unit.id,
      procedure: pinned.record.id,
      version: pinned.record.version,
    },
  };
  const parties = await computeParties(pinned, view, calendar, now);
  const { facts, kept, evaluations } = await computeFacts(pinned, { ...view, parties }, calendar, now);
  const evaluator = new Evaluator({ ...view, parties, facts }, pinned.definition, calendar, now);
  const missing = await findMissing(pinned, evaluator, opening.documents);
  if (missing.length > 0) return refuse('document-missing', `${missing.length} documents are missing`, missing);
  const decides = await decidingUnit(pinned.procedure, unit, evaluator, { catalogue, now });
  const key = platform.ids.random(32);
  const received = await opening.receive({ id, key });
  if (!received.ok) return received;
  const started = await startOnSubmission({ procedure: pinned.procedure, calendar }, evaluator, now);
  const begun = await begin(
    platform,
    { id, key, wrappedKey: await platform.masterKey.wrap(key, id) },
    [
      {
        type: 'DossierSubmitted',
        data: {
          reference: referenceOf(platform.ids.next(now)),
          procedure: pinned.record.id,
          version: pinned.record.version,
          definition: pinned.record.digest,
          channel: opening.channel,
          receivingUnit: unit.id,
          unit: decides,
          ...(opening.returnUnit !== undefined && { returnUnit: opening.returnUnit }),
          applicantKey: opening.applicantKey,
          ...(opening.identifiedBy && { identifiedBy: opening.identifiedBy }),
          documents: received.documents,
          ...(opening.prefilled && opening.prefilled.length > 0 && { prefilled: [...opening.prefilled] }),
          ...(pinned.procedure.intake && isPaperChannel(opening.channel) && { intake: true as const }),
          ...(parent && { parent: parent.place }),
          ...(about && { about }),
          run: 1,
          stage: firstStage(pinned.procedure),
        },
        secret: {
          form,
          parties,
          ...kept,
          ...opening.secret,
          ...(parent && { input: parent.input, parent: parent.view }),
          names: received.names,
          ...signersIn(received),
          evaluations: [...evaluations, ...evaluator.evaluations],
        },
      },
      ...started,
    ],
    opening.by,
  );
  return begun.ok ? { ok: true, dossier: begun.loaded.dossier } : begun;
}

/** A reference that can be read out on the telephone. Random: it is given before anybody has checked anything. */
function referenceOf(ulid: string): string {
  const tail = ulid.slice(-12).toUpperCase();
  return `${tail.slice(0, 4)}-${tail.slice(4, 8)}-${tail.slice(8)}`;
}

interface Presence {
  present: boolean;
  how?: string;
  evidence?: string;
}

function presence(pinned: Pinned, documents: Opening['documents']): Record<string, Presence> {
  const absent = Object.keys(pinned.procedure.documents ?? {}).map((name) => [name, { present: false }] as const);
  return Object.fromEntries<Presence>([
    ...absent,
    ...documents.map(
      ({ component, how, evidence }) =>
        [component, { present: true, how, ...(evidence !== undefined && { evidence }) }] as const,
    ),
  ]);
}
