import { decidingRoles } from '../../functions/stages/deciding-roles.ts';
import type { DossierRead } from '../dossier.ts';
import { choiceField, type Fault, textField } from '../html/components.ts';
import { html, when } from '../html/markup.ts';
import { longWords } from '../long-words.ts';
import { Names, type Visit } from '../visit.ts';
import type { Order } from './order-kind.ts';
import { listOf, type Sent, textOf } from './sent.ts';
import { readUnit, unitField, type UnitQuestion } from './unit-choice.ts';

const LONGEST_DAYS = 365;

function questionOf({ t }: Visit, { detail: { unit } }: DossierRead): UnitQuestion {
  const { to, toHint } = t.orders.opinion;
  return { label: to, hint: toHint, type: to, except: unit };
}

/** Working days of the term; none: no term; undefined: no such number. */
function daysOf(sent: Sent): number | 'none' | undefined {
  const typed = textOf(sent, 'days');
  if (typed === '') return 'none';
  const days = Number(typed);
  return /^\d{1,3}$/.test(typed) && days >= 1 && days <= LONGEST_DAYS ? days : undefined;
}

function faultsOf(visit: Visit, sent: Sent): Fault[] {
  const { t } = visit;
  const question = textOf(sent, 'question');
  const days = daysOf(sent);
  const isEndless = textOf(sent, 'silence') === 'ignored' && days === 'none';
  return [
    ...(question === '' ? [{ field: 'question', text: t.orders.opinion.ask }] : []),
    ...longWords(visit, { field: 'question', label: t.orders.opinion.question, words: question }),
    ...(days === undefined ? [{ field: 'days', text: t.orders.opinion.noDays(LONGEST_DAYS) }] : []),
    ...(isEndless ? [{ field: 'days', text: t.orders.opinion.needDays }] : []),
  ];
}

/** Documents of the dossier that can be given, by component. */
function documentsOf(visit: Visit, { detail, pinned }: DossierRead): { value: string; label: string }[] {
  const names = new Names(visit);
  const known = new Set(detail.documents.map(({ component }) => component));
  return [...known]
    .filter((component) => pinned.procedure.documents?.[component] !== undefined)
    .map((value) => ({ value, label: names.document(pinned, value) }));
}

/** A body is asked that the procedure does not name, while a consultation is open. */
export const askBodyOrder: Order = {
  path: 'opinions',
  fields: ['to', 'question', 'days', 'silence', 'gets'],
  refusedAt: { 'unknown-unit': 'to', 'wrong-status': 'to', 'document-not-accepted': 'gets' },
  isOffered: ({ detail, pinned }, office) =>
    detail.stage !== null &&
    pinned.procedure.stages[detail.stage]?.kind === 'consult' &&
    office.unit === detail.unit &&
    decidingRoles(pinned.procedure).has(office.role),
  form(visit, read, { sent, faults }) {
    const { t } = visit;
    const field = { t, faults };
    const texts = t.orders.opinion;
    const documents = documentsOf(visit, read);
    return html`${unitField(visit, { ...questionOf(visit, read), sent, faults })}
    ${textField({ ...field, id: 'question', name: 'question', label: texts.question, hint: texts.questionHint, value: textOf(sent, 'question'), rows: 4 })}
    ${when(documents.length > 0, () =>
      choiceField({
        ...field,
        id: 'gets',
        name: 'gets',
        label: texts.gets,
        hint: texts.getsHint,
        legendSize: 'm',
        kind: 'checkboxes',
        chosen: listOf(sent, 'gets'),
        choices: documents,
      }),
    )}
    ${textField({ ...field, id: 'days', name: 'days', label: texts.days, hint: texts.daysHint, value: textOf(sent, 'days'), width: 4 })}
    ${choiceField({
      ...field,
      id: 'silence',
      name: 'silence',
      label: texts.silent,
      legendSize: 'm',
      kind: 'radios',
      chosen: [textOf(sent, 'silence') || 'waits'],
      choices: (['waits', 'ignored'] as const).map((value) => ({ value, label: t.dossier.silence[value] })),
    })}`;
  },
  check(visit, read, sent) {
    const { t } = visit;
    const texts = t.orders.opinion;
    const to = readUnit(visit, sent, { ...questionOf(visit, read), choose: texts.choose });
    const faults = [...('fault' in to ? [{ field: 'to', text: to.fault }] : []), ...faultsOf(visit, sent)];
    if ('fault' in to || faults.length > 0) return { faults };
    const documents = documentsOf(visit, read).filter(({ value }) => listOf(sent, 'gets').includes(value));
    const days = daysOf(sent);
    const silence = textOf(sent, 'silence') === 'ignored' ? 'ignored' : 'waits';
    return {
      sent: {
        to: to.value,
        question: textOf(sent, 'question'),
        days: textOf(sent, 'days'),
        silence,
        gets: documents.map(({ value }) => value),
      },
      rows: [
        { key: texts.to, value: to.name },
        { key: texts.question, value: textOf(sent, 'question') },
        { key: texts.gets, value: documents.map(({ label }) => label).join('; ') || texts.nothing },
        { key: texts.days, value: typeof days === 'number' ? t.happens.workingDays(days) : texts.noTerm },
        { key: texts.silent, value: t.dossier.silence[silence] },
      ],
      happens: texts.happens(to.name),
    };
  },
  bodyOf(sent) {
    const days = daysOf(sent);
    return {
      unit: textOf(sent, 'to'),
      question: textOf(sent, 'question'),
      silence: textOf(sent, 'silence') === 'ignored' ? 'ignored' : 'waits',
      gets: listOf(sent, 'gets'),
      ...(typeof days === 'number' && { within: { workingDays: days } }),
    };
  },
};
