import { childrenOf } from '../../domain/dossier/children.ts';
import { countsOf, partsOf } from '../../domain/dossier/opinions.ts';
import type { Dossier, StageState } from '../../domain/dossier/state.ts';
import { localDate, type WorkingCalendar } from '../../domain/time/working-calendar.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { View } from '../../workflows/expressions/view.ts';
import { hasFromSource } from '../../domain/dossier/commands/sources.ts';
import { findSecret, type Loaded, secretOf } from '../runtime/dossier-cache.ts';

type Data = Readonly<Record<string, unknown>>;

/** From where a dossier is looked at. */
export interface Outlook {
  calendar: WorkingCalendar;
  procedure: Procedure;
  now: number;
}

/** What expressions see of a dossier; built anew for each evaluation, from the record alone. */
export function viewOf(
  loaded: Loaded,
  { calendar, procedure, now }: Outlook,
  revised?: { form?: Data; facts?: Data },
): View {
  const { dossier } = loaded;
  const day = (instant: string): string => localDate(calendar, Date.parse(instant));
  const first = secretOf(loaded, dossier.secrets.form);
  const beginning = secretOf(loaded, 1);
  return {
    form: revised?.form ?? dataOf(first['form']),
    parties: dataOf(secretOf(loaded, dossier.secrets.parties)['parties']),
    facts: revised?.facts ?? dataOf(secretOf(loaded, dossier.secrets.facts)['facts']),
    input: dataOf(beginning['input']),
    parent: dataOf(beginning['parent']),
    documents: documentsOf(dossier, procedure, day),
    sources: sourcesOf(loaded, day),
    stages: Object.fromEntries(
      Object.entries(dossier.stages).map(([name, stage]) => [name, stageView(loaded, name, stage, day)]),
    ),
    fees: Object.fromEntries(
      Object.entries(dossier.fees).map(([name, fee]) => [
        name,
        withoutNull({
          amount: fee.exempt ? 0 : fee.amount.value,
          paid: fee.paid !== null,
          at: fee.paid && day(fee.paid),
        }),
      ]),
    ),
    issues: Object.fromEntries(
      Object.entries(dossier.issues).map(([name, issue]) => [
        name,
        withoutNull({
          number: issue.number?.text,
          signedAt: issue.sealed && day(issue.sealed.at),
          validTo: issue.sealed?.valid && day(issue.sealed.valid.until),
        }),
      ]),
    ),
    parts: Object.assign({}, ...Object.keys(dossier.stages).map((name) => partsView(loaded, name))) as Data,
    dossier: dossierView(dossier, day, now, { calendar, accepted: acceptedAt(dossier, procedure) }),
    ...(dossier.about && { about: aboutView(dossier.about, day) }),
  };
}

/** The earlier result, as it stood at submission: `about.issues.<issue>.number`. */
export function aboutView(
  { dossier, procedure, code, papers }: NonNullable<Dossier['about']>,
  day: (instant: string) => string,
): Data {
  const issues = papers.map(({ issue, number, sealed }) => [issue, withoutNull({ number, signedAt: day(sealed) })]);
  return withoutNull({ dossier, procedure, code, issues: Object.fromEntries(issues) as Data });
}

/** When it was received as valid: where the clock starts with something else, reception said so before or after. */
function acceptedAt({ promise, stages }: Dossier, { clock }: Procedure): string | undefined {
  const reception = Object.values(stages).find(({ kind, outcome }) => kind === 'receive' && outcome === 'accepted');
  return clock.starts === undefined ? promise?.startsAt : (reception?.left ?? promise?.startsAt);
}

function dossierView(
  d: Dossier,
  day: (instant: string) => string,
  now: number,
  { calendar, accepted }: { calendar: WorkingCalendar; accepted: string | undefined },
): Data {
  return withoutNull({
    code: d.code,
    reference: d.reference,
    procedure: d.procedure,
    version: d.procedureVersion,
    channel: d.channel,
    submitted: day(d.submitted),
    submittedAt: d.submitted,
    accepted: accepted && day(accepted),
    acceptedAt: accepted,
    due: d.promise?.due,
    dueAt: d.promise?.dueAt,
    today: localDate(calendar, now),
    receivingUnit: d.receivingUnit,
    decidingUnit: d.unit,
  });
}

function stageView(loaded: Loaded, name: string, stage: StageState, day: (instant: string) => string): Data {
  const form = stage.secret === null ? undefined : secretOf(loaded, stage.secret)['form'];
  const by = stage.by?.kind === 'official' ? { role: stage.by.role, unit: stage.by.unit } : undefined;
  return withoutNull({
    outcome: stage.outcome,
    entered: day(stage.entered),
    left: stage.left && day(stage.left),
    by,
    visits: stage.visits,
    form,
    ...((stage.kind === 'consult' || stage.kind === 'open') && { parts: partsView(loaded, name) }),
  });
}

/** What came of each body that was asked and of each dossier that was opened; a list where there is one for each item. Bodies added by hand have no name to be read by. */
function partsView(loaded: Loaded, stage: string): Data {
  const parts: Record<string, unknown> = {};
  const add = ({ id, of }: { id: string; of: string }, view: Data): void => {
    const before = parts[of];
    parts[of] = id === of ? view : [...(Array.isArray(before) ? (before as unknown[]) : []), view];
  };
  for (const task of partsOf(loaded.dossier, stage)) {
    const { id, of } = task.part;
    if (of === null) continue;
    const counts = countsOf(task);
    const data = task.decided ? findSecret(loaded, task.decided.seq)?.['form'] : undefined;
    add({ id, of }, withoutNull({ outcome: counts === 'awaited' ? undefined : counts, data }));
  }
  for (const { part: id, of, answer } of childrenOf(loaded.dossier, stage)) {
    const data = answer ? findSecret(loaded, answer.seq)?.['data'] : undefined;
    add({ id, of }, withoutNull({ outcome: answer?.result, data }));
  }
  return parts;
}

/** Every document of the procedure is there, present or not: an expression may ask. */
function documentsOf(d: Dossier, procedure: Procedure, day: (instant: string) => string): Data {
  const absent = Object.keys(procedure.documents ?? {}).map((name) => [name, { present: false }] as const);
  const present = d.documents.map(
    ({ component, how, evidence, at }) =>
      [component, withoutNull({ present: true, how, evidence, at: day(at) })] as const,
  );
  const fetched = Object.entries(d.sources).flatMap(([name, source]) =>
    hasFromSource(source) ? [[name, { present: true, how: 'data', at: day(source.answer.at) }] as const] : [],
  );
  return Object.fromEntries<unknown>([...absent, ...present, ...fetched]);
}

/** What sources said. One that could not be had says neither yes nor no: it has no `found`. */
function sourcesOf(loaded: Loaded, day: (instant: string) => string): Data {
  return Object.fromEntries(
    Object.entries(loaded.dossier.sources).map(([name, { state, answer }]) => [
      name,
      answer
        ? { ...dataOf(secretOf(loaded, answer.seq)['record']), found: answer.found, state, at: day(answer.at) }
        : { state },
    ]),
  );
}

/** An unknown field is absent: null would compare as a value. */
function withoutNull(fields: Record<string, unknown>): Data {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined && value !== ''),
  );
}

function dataOf(value: unknown): Data {
  return typeof value === 'object' && value !== null ? (value as Data) : {};
}
