import type { OwnOffers, OwnTaken, OwnValue } from '../../schemas/own-details.ts';
import { ownFields } from '../../functions/sources/own-fields.ts';
import { valueAt } from '../../schemas/json-pointer.ts';
import { codeOf } from '../ask-api.ts';
import { enteredFrom, isTouched } from '../forms/answers.ts';
import { button } from '../html/components.ts';
import { type Content, html, when } from '../html/markup.ts';
import { tellOwn } from '../tell.ts';
import type { Visit } from '../visit.ts';
import { answersOf, type Application, type Step } from './application.ts';
import { keep, labelOf } from './begun.ts';

/** What registers may be asked of whoever is logged in, and what they gave to this application. */
export interface OwnDetails {
  offers: OwnOffers['items'];
  values: readonly OwnValue[];
}

const NOTHING: OwnDetails = { offers: [], values: [] };

/** Whether a form asks for anything that a register could know of whoever is logged in. */
export function mayBeOwn({ session }: Visit, { pinned }: Pick<Application, 'pinned'>): boolean {
  return session?.personalId !== undefined && ownFields(pinned.definition, pinned.procedure.form).length > 0;
}

export async function ownDetailsOf(visit: Visit, application: Application): Promise<OwnDetails> {
  if (!mayBeOwn(visit, application)) return NOTHING;
  const { api } = visit;
  const [offered, given] = await Promise.all([
    api.get<OwnOffers>(`/procedures/${application.pinned.record.id}/own-details`),
    application.draft.revision > 0
      ? api.get<{ items: OwnValue[] }>(`/drafts/${encodeURIComponent(application.once)}/own-details`)
      : undefined,
  ]);
  return { offers: offered.ok ? offered.body.items : [], values: given?.ok ? given.body.items : [] };
}

/** Has the registers asked for one part of the form, and fills what is empty there. Whatever comes of it is told, and typing goes on. */
export async function takeOwn(visit: Visit, application: Application, group: string): Promise<void> {
  const { t, api } = visit;
  const { notes } = application;
  if (!application.draft.kept) {
    notes.push(t.own.notSaved);
    return;
  }
  const asked = await api.post<OwnTaken>(`/drafts/${encodeURIComponent(application.once)}/own-details`, { group });
  if (!asked.ok) {
    notes.push(t.refused[codeOf(asked.problem)] ?? t.own.failed);
    return;
  }
  const { asked: registers, items } = asked.body;
  const before = application.entered;
  const empty = items.filter(({ at }) => !isTouched(before, at));
  const { value } = answersOf(visit, application);
  const other = items.filter((each) => !empty.includes(each) && valueAt(value, each.at) !== each.value);
  application.entered = new Map([...before, ...empty.flatMap(({ at, value: own }) => [...enteredFrom(own, at)])]);
  const labels = (places: readonly string[]): string =>
    [...new Set(places.map((at) => label(visit, application, at)))].join(', ');
  for (const { registry, name = registry, state, unfit } of registers) {
    const filled = empty.filter((each) => each.registry === registry);
    if (state === 'unavailable') notes.push(t.own.away(name));
    else if (state === 'not-found') notes.push(t.own.unknown(name));
    else notes.push(filled.length > 0 ? t.own.taken(name, labels(filled.map(({ at }) => at))) : t.own.nothing(name));
    if (unfit.length > 0) notes.push(t.own.unfit(name, labels(unfit)));
  }
  if (other.length > 0) notes.push(t.own.left(labels(other.map(({ at }) => at))));
}

function label(visit: Visit, application: Application, at: string): string {
  const { reader } = application;
  const questions = reader.questions(answersOf(visit, application).value);
  return labelOf(reader, questions, at) ?? labelOf(reader, questions, `${at}.day`) ?? at;
}

/** Saves what is entered, asks, and saves what was filled. */
export async function takeAndKeep(
  visit: Visit,
  application: Application,
  { group, at }: { group: string; at: number },
): Promise<void> {
  await keep(visit, application, at);
  await takeOwn(visit, application, group);
  if (application.draft.kept) await keep(visit, application, at);
}

/** Beside which answers it is said that they are a register's: those that stand as it gave them. */
export function marksOf(visit: Visit, application: Application, { values }: OwnDetails): Map<string, string> {
  if (values.length === 0) return new Map();
  const { value } = answersOf(visit, application);
  const same = values.filter((each) => valueAt(value, each.at) === each.value);
  return new Map(same.map((each) => [each.at, tellOwn(visit.t, each)]));
}

/** The button by which a part of the form is filled with one's own details; nothing where no register can be asked for it. */
export function ownButton({ t }: Visit, { offers }: OwnDetails, group: string): Content {
  const offer = offers.find((each) => each.group === group);
  return when(
    offer,
    () =>
      html`${button(t.own.take((offer?.registers ?? []).map(({ name, registry }) => name ?? registry).join(', ')), { name: 'step', value: `own:${group}`, secondary: true })}
        <p class="govuk-hint">${t.own.hint}</p>`,
  );
}

/** The part of the form that a whole page is. */
export function groupOfStep(
  { questions, whole }: Extract<Step, { kind: 'questions' }>,
  { offers }: OwnDetails,
): string | undefined {
  if (whole) return whole.at;
  const loose = offers.find(({ group }) => group === '');
  return loose?.fields.some((at) => questions.some((question) => question.at === at)) ? '' : undefined;
}
