import { hasFallenDue } from '../../domain/archive/retention.ts';
import { refuseDisposal } from '../../domain/dossier/commands/archive.ts';
import type { OutboxRow } from '../../domain/ports/dossier-store.ts';
import type { DisposalList, DisposalRequest, RecordFault } from '../../schemas/archive.ts';
import type { Head } from '../../schemas/dossier.ts';
import { type FieldError, refuse, type Refused } from '../../schemas/refusals.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';
import { keeperOf, type OfficialActor, refuseStranger, unitsKept } from './keepers.ts';

type Listed = Promise<{ ok: true; list: DisposalList } | Refused>;

/** Proposes to dispose of these records. Each must be one of the unit, closed, not on hold and, unless an order says so, of an age that its procedure allows. */
export async function proposeDisposal(
  platform: Platform,
  catalogue: Catalogue,
  { by, ...request }: DisposalRequest & { by: OfficialActor },
): Listed {
  const stranger = await refuseStranger(catalogue, by);
  if (stranger) return stranger;
  const now = platform.clock.now();
  const units = await unitsKept(catalogue, by.unit, now);
  const errors: FieldError[] = [];
  for (const [index, id] of request.dossiers.entries()) {
    const head = await platform.store.head(id);
    const fault = await faultOf(catalogue, { head, units, now, request });
    if (fault) errors.push({ at: `/dossiers/${index}`, expected: fault.expected, found: id });
  }
  if (errors.length > 0)
    return refuse('not-due', `expected records that may be disposed of; ${errors.length} may not`, errors);
  const proposed = { by: by.id, at: new Date(now).toISOString() };
  const list: DisposalList = { ...request, unit: by.unit, status: 'proposed', proposed, approved: [], left: [] };
  const put = await platform.registry.put('disposal', request.id, list, 0);
  return put === 'put' ? { ok: true, list } : refuse('conflict', `a disposal list ${request.id} exists already`);
}

type Decided = Pick<DisposalList, 'why' | 'fate'>;

/** Why a record may not be disposed of, and what was expected of it. */
interface Fault {
  code: RecordFault;
  expected: string;
}

const expected = (code: RecordFault, what: string): Fault => ({ code, expected: what });

/** What is wrong with a record; nothing: it may be disposed of. */
export async function faultOf(
  catalogue: Catalogue,
  {
    head,
    units,
    now,
    request,
  }: { head: Head | undefined; units: readonly (string | null)[]; now: number; request: Decided },
): Promise<Fault | undefined> {
  if (!head || !units.includes(head.unit)) return expected('stranger', 'a dossier of this unit');
  if (head.disposed) return expected('disposed', `one that is there; disposed of by ${head.disposed.number}`);
  const { id, status, held } = head;
  const owes = owedBack(head);
  if (owes) return expected('owed', `one of which no ${owes} any more`);
  const refused = refuseDisposal({ id, status, ...(held && { holds: { hold: NOBODY } }) });
  if (refused) return held ? expected('held', 'no hold') : expected('open', 'a closed dossier');
  const { keep } = (await catalogue.pinned(head.procedure, head.procedureVersion)).procedure;
  if (keep?.then === 'archive' && request.fate !== 'transferred')
    return expected('archive', 'fate `transferred`: its procedure gives it to an archive');
  if (request.why === 'order') return undefined;
  return keep && hasFallenDue(keep, head.closed ?? head.updated, now)
    ? undefined
    : expected('early', 'one whose time is over');
}

/** What the authority still has of the applicant's. */
function owedBack({ paper, financial }: Head): string | undefined {
  if (paper !== undefined && paper.kept > 0) return 'original is kept';
  return financial === 'refund-due' ? 'money waits to go back' : undefined;
}

const NOBODY = { by: { kind: 'platform' }, at: '', legalBasis: '' } as const;

/**
 * Approves a list. Two must, who look after the records of the unit or of the one above it, neither of whom proposed it, and one of whom heads a unit. The second
 * approval lets the list be carried out: rows for that are there before it counts, and wait for it.
 */
export function approveDisposal(
  platform: Platform,
  catalogue: Catalogue,
  { id, by }: { id: string; by: OfficialActor },
): Listed {
  return change(platform, id, async (list) => {
    const refused = await refuseJudge(catalogue, list, by);
    if (refused) return refused;
    const hands = list.approved.filter((hand) => hand.by !== by.id);
    if (list.status === 'approved' || hands.length < list.approved.length) return { ok: true, list };
    const at = new Date(platform.clock.now()).toISOString();
    const approved = [...hands, { by: by.id, at, unit: by.unit, role: by.role }];
    const complete = approved.length === 2;
    if (complete && !(await anyHeads(catalogue, approved)))
      return refuse('wrong-role', 'expected that one of the two who approve heads a unit');
    const after: DisposalList = { ...list, approved, status: complete ? 'approved' : 'proposed' };
    if (complete) await platform.store.outboxAdd(rowsOf(after, platform.clock.now()));
    return { ok: true, list: after };
  });
}

/** Puts what becomes of a list, unless somebody else changed it meanwhile. The same list: it stays as it is. */
async function change(platform: Platform, id: string, become: (list: DisposalList) => Listed): Listed {
  const known = await platform.registry.get('disposal', id);
  if (!known) return refuse('unknown-disposal', `expected a disposal list, got ${id}`);
  const became = await become(known.record);
  if (!became.ok || became.list === known.record) return became;
  const put = await platform.registry.put('disposal', id, became.list, known.revision);
  return put === 'put' ? became : refuse('conflict', `disposal list ${id} changed meanwhile`);
}

async function refuseJudge(catalogue: Catalogue, list: DisposalList, by: OfficialActor): Promise<Refused | undefined> {
  const parent = (await catalogue.units()).find(({ id }) => id === list.unit)?.parent;
  if (by.unit !== list.unit && by.unit !== parent)
    return refuse('wrong-unit', `expected an office of ${list.unit}, or of the unit above it; acted in ${by.unit}`);
  const stranger = await refuseStranger(catalogue, by);
  if (stranger) return stranger;
  if (list.status === 'withdrawn' || list.status === 'declined')
    return refuse('conflict', `disposal list ${list.id} was ${list.status}`);
  if (list.proposed.by === by.id)
    return refuse('duties-not-separate', `${by.id} proposed the list: expected two others who judge it`);
  return undefined;
}

async function anyHeads(catalogue: Catalogue, hands: DisposalList['approved']): Promise<boolean> {
  for (const hand of hands) if ((await keeperOf(catalogue, hand)) === 'head') return true;
  return false;
}

/** Declines a list that is not approved yet, and says why: whoever might approve it, also who has. Nothing of it is ever carried out. */
export function declineDisposal(
  platform: Platform,
  catalogue: Catalogue,
  { id, by, reason }: { id: string; by: OfficialActor; reason: string },
): Listed {
  return change(platform, id, async (list) => {
    const refused = await refuseJudge(catalogue, list, by);
    if (refused) return refused;
    if (list.status === 'approved') return refuse('conflict', `disposal list ${id} is approved`);
    const at = new Date(platform.clock.now()).toISOString();
    const declined = { by: by.id, at, unit: by.unit, role: by.role, reason };
    return { ok: true, list: { ...list, status: 'declined', declined } };
  });
}

function rowsOf(list: DisposalList, now: number): OutboxRow[] {
  return list.dossiers.map((dossier) => {
    const id = `disposal:${list.id}:${dossier}`;
    return { id, group: id, kind: 'dispose', dossier, at: now, attempts: 0, body: { list: list.id } };
  });
}

/** Takes a list back that is not approved yet: by an office of the unit that proposed it. */
export function withdrawDisposal(
  platform: Platform,
  catalogue: Catalogue,
  { id, by }: { id: string; by: OfficialActor },
): Listed {
  return change(platform, id, async (list) => {
    if (list.unit !== by.unit) return refuse('wrong-unit', `expected a list of ${by.unit}; ${id} is of ${list.unit}`);
    const stranger = await refuseStranger(catalogue, by);
    if (stranger) return stranger;
    if (list.status === 'approved' || list.status === 'declined')
      return refuse('conflict', `disposal list ${id} is ${list.status}`);
    return { ok: true, list: { ...list, status: 'withdrawn' } };
  });
}
