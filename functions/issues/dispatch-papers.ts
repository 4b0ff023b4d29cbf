import { accept } from '../../domain/dossier/commands/decision.ts';
import { endDispatch, openDispatch, printOf } from '../../domain/dossier/commands/dispatches.ts';
import { isToBePosted, POSTED } from '../../domain/dossier/outgoing.ts';
import { localDate } from '../../domain/time/working-calendar.ts';
import { normalised } from '../../domain/normalised.ts';
import { Carried } from '../../schemas/outgoing.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { receptionOf } from '../../workflows/route.ts';
import { papersOut } from '../dossiers/check-paper.ts';
import { copyName } from '../dossiers/paper-mark.ts';
import { receiverOf } from '../payments/payees.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { appendSurely, type Proposal } from '../runtime/append.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';
import { standingOf } from '../stages/standing.ts';
import type { Deciding, Decision } from '../tasks/decision.ts';
import { proposeBeside } from '../tasks/said-beside.ts';

/** Opens the work of sending a print for each paper that goes by post and has left the house; twice has the effect of once. */
export async function openDispatches(platform: Platform, catalogue: Catalogue, id: string): Promise<void> {
  for (let opened = 1; opened > 0;) {
    const appended = await appendSurely(platform, id, (loaded) => proposeDispatch(platform, catalogue, loaded));
    opened = appended.events.length;
  }
}

async function proposeDispatch(platform: Platform, catalogue: Catalogue, { dossier }: Loaded): Promise<Proposal> {
  const actor = { kind: 'platform' } as const;
  const waiting = Object.entries(dossier.issues).filter(([, state]) => isToBePosted(state));
  if (waiting.length === 0) return { decision: accept(), actor };
  const { procedure } = await catalogue.pinned(dossier.procedure, dossier.procedureVersion);
  const events = await platform.store.events(dossier.id);
  const out = papersOut(events.slice(0, dossier.version), procedure);
  const [issue, state] = waiting.find(([name, { copy }]) => out.has(copyName({ issue: name, copy }))) ?? [];
  if (issue === undefined || !state) return { decision: accept(), actor };
  const unit = await receiverOf(catalogue, { procedure, now: platform.clock.now() }, dossier.receivingUnit);
  const opening = openDispatch(dossier, { unit, role: receptionOf(procedure) });
  return { decision: accept({ type: 'DispatchOpened', data: { issue, copy: state.copy, ...opening } }), actor };
}

/** A print was sent, or is not, whatever became of the dossier. */
export function proposeEndOfDispatch(
  platform: Platform,
  catalogue: Catalogue,
  loaded: Loaded,
  deciding: Deciding,
): Promise<Proposal> {
  return proposeBeside(deciding, 'where a print is sent', async (said) => {
    const read = said.outcome === POSTED ? readForm(deciding.decision.form) : { ok: true as const, form: undefined };
    if (!read.ok) return read;
    const { procedure, calendar, now } = await standingOf(catalogue, loaded, platform.clock.now());
    const print = printOf(loaded.dossier, said.task.task);
    return endDispatch(loaded.dossier, {
      ...said,
      form: read.form,
      today: localDate(calendar, now),
      from: localDate(calendar, Date.parse(print?.state.sealed.at ?? said.task.opened)),
      isResult: print !== undefined && isOfResult(procedure, print.issue),
    });
  });
}

function readForm(form: Decision['form']): { ok: true; form: Carried | undefined } | Refused {
  if (form === undefined) return { ok: true, form: undefined };
  const parsed = Carried.safeParse(normalised(form));
  if (parsed.success) return { ok: true, form: parsed.data };
  const errors = parsed.error.issues.map(({ path, message }) => ({
    at: ['/form', ...path.map(String)].join('/'),
    expected: message,
  }));
  return refuse('form-invalid', `${errors.length} fields of the form need attention`, errors);
}

/** Whether a paper is what the applicant applied for: with it the result reaches him. */
function isOfResult({ stages }: Procedure, issue: string): boolean {
  return Object.values(stages).some(
    (stage) => stage.kind === 'notify' && stage.result !== undefined && stage.deliver?.includes(issue) === true,
  );
}
