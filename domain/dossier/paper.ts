import type { Channel, DocumentRef, PaperDebt } from '../../schemas/dossier.ts';
import { OUTCOMES } from '../../schemas/procedure/closed-sets.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import { type Dossier, isBeside, type TaskState } from './state.ts';

/** Channels by which paper reaches the authority. */
const ON_PAPER: ReadonlySet<Channel> = new Set(['counter', 'post']);
const FORMS_OF_PAPER: ReadonlySet<DocumentRef['how']> = new Set(['scan', 'certified-copy', 'original-shown']);
/** Stages of officials who judge what was handed in or sign for it, by their way forward. What says no may rest on anything. */
const JUDGING: ReadonlySet<string> = new Set<TaskState['kind']>(['receive', 'verify', 'approve', 'inspect', 'sign']);

type Document = Dossier['documents'][number];
type Handed = Pick<Dossier, 'channel' | 'documents'>;

/** Whether a task of this kind waits for paper to be taken in before it can go forward. */
export function waitsForPaper(kind: string): boolean {
  return JUDGING.has(kind);
}

/** Whether paper may come by this channel. */
export function isPaperChannel(channel: Channel): boolean {
  return ON_PAPER.has(channel);
}

/**
 * Documents that came on paper. Of what a dossier begins with and of what officials add that is all, whatever form it is said to have: nobody has judged the signature of a
 * file that is called `signed`, nor asked where one comes from that is called `data`. A reference stands for what is not here to be compared.
 */
function scansOf({ channel, documents }: Handed): Document[] {
  if (!isPaperChannel(channel)) return [];
  return documents.filter(
    ({ how, from, seq, reused }) =>
      how !== 'reference' && reused === undefined && (seq === 1 || from === 'official' || FORMS_OF_PAPER.has(how)),
  );
}

/** Scans that count now and that nobody has compared with their paper: of each component the latest that were handed in together. */
export function notTakenIn(d: Handed & Pick<Dossier, 'intake' | 'takenIn'>): Document[] {
  if (!d.intake) return [];
  const latest = new Map<string, number>();
  for (const { component, seq } of d.documents) latest.set(component, seq);
  const compared = new Set(
    (d.takenIn ?? []).flatMap(({ scans }) => scans.map(({ component, sha256 }) => `${component} ${sha256}`)),
  );
  return scansOf(d).filter(
    ({ component, sha256, seq }) => latest.get(component) === seq && !compared.has(`${component} ${sha256}`),
  );
}

/** No step may go on from evidence that exists on paper alone; to ask for more, or to say no, is always possible. */
export function refusePaperOnly(
  d: Dossier,
  { kind, party, stage }: TaskState,
  { outcome }: { outcome: string },
): Refused | undefined {
  if (!d.intake || !waitsForPaper(kind) || party !== null || isBeside(kind)) return undefined;
  if (outcome !== OUTCOMES[kind].outcomes[0]) return undefined;
  const missing = notTakenIn(d);
  if (missing.length === 0) return undefined;
  return refuse(
    'paper-only',
    `${outcome} at ${stage} is not possible: ${missing.length} scans are not compared with their paper and signed`,
    missing.map(({ component }) => ({ at: component, expected: 'a scan that is compared and signed' })),
  );
}

/** The dossier touched paper once more. */
export function touched(d: Dossier, more: Partial<NonNullable<Dossier['touches']>>): Pick<Dossier, 'touches'> {
  const { presence, papers, prints } = { ...NONE, ...d.touches };
  return {
    touches: {
      presence: presence + (more.presence ?? 0),
      papers: papers + (more.papers ?? 0),
      prints: prints + (more.prints ?? 0),
    },
  };
}

const NONE = { presence: 0, papers: 0, prints: 0 };

/** What of it was not electronic; undefined: nothing. */
export function paperDebt(d: Dossier): PaperDebt | undefined {
  const scans = scansOf(d).length;
  if (scans === 0 && !d.touches) return undefined;
  const kept = (d.takenIn ?? []).reduce(
    (sum, { keeps }) => sum + (keeps && d.tasks[keeps.task]?.decided === null ? keeps.components.length : 0),
    0,
  );
  return { scans, ...NONE, ...d.touches, kept };
}
