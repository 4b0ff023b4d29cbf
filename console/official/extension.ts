import { inLanguage } from '../../domain/localised-text.ts';
import { decidingRoles } from '../../functions/stages/deciding-roles.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import type { DossierRead } from '../dossier.ts';
import { choiceField, type Fault, textField } from '../html/components.ts';
import { html, when } from '../html/markup.ts';
import { longWords } from '../long-words.ts';
import { tellTerm } from '../tell.ts';
import type { Visit } from '../visit.ts';
import type { Order } from './order-kind.ts';
import { type Sent, textOf } from './sent.ts';

type Extension = NonNullable<Procedure['clock']['extend']>[number];

/** Extensions that an official takes by himself; others are a decision, signed at its stage. */
function takenAlone({ pinned }: DossierRead): Extension[] {
  return (pinned.procedure.clock.extend ?? []).filter(({ at }) => at === undefined);
}

function tellExtension({ t, language }: Visit, { title, by, legalBasis }: Extension): string {
  const named = title === undefined ? '' : inLanguage(title, language);
  return [named, tellTerm(t, by), legalBasis].filter((each) => each !== '').join(' – ');
}

function faultsOf(visit: Visit, chosen: Extension | undefined, sent: Sent): Fault[] {
  const { t } = visit;
  const [reason, agreement] = [textOf(sent, 'reason'), textOf(sent, 'agreement')];
  const needsAgreement = chosen?.needs === 'agreement' && agreement === '';
  return [
    ...(chosen ? [] : [{ field: 'extension', text: t.orders.extension.choose }]),
    ...(needsAgreement ? [{ field: 'agreement', text: t.orders.extension.sayAgreement }] : []),
    ...longWords(visit, { field: 'agreement', label: t.orders.extension.agreement, words: agreement }),
    ...(reason === '' ? [{ field: 'reason', text: t.orders.sayWhy }] : []),
    ...longWords(visit, { field: 'reason', label: t.orders.reason, words: reason }),
  ];
}

/** The statutory limit is extended, as far as the law of the procedure allows. */
export const extensionOrder: Order = {
  path: 'extensions',
  fields: ['extension', 'agreement', 'reason'],
  refusedAt: { 'extension-unlawful': 'extension', 'clock-not-running': 'extension' },
  isOffered: (read, office) =>
    takenAlone(read).length > 0 &&
    read.deadline !== undefined &&
    read.deadline.state !== 'not-started' &&
    read.detail.result === null &&
    office.unit === read.detail.unit &&
    decidingRoles(read.pinned.procedure).has(office.role),
  form(visit, read, { sent, faults }) {
    const { t } = visit;
    const field = { t, faults };
    const known = takenAlone(read);
    const [only, ...others] = known;
    const chosen = textOf(sent, 'extension') || (others.length === 0 ? (only?.id ?? '') : '');
    return html`${choiceField({
      ...field,
      id: 'extension',
      name: 'extension',
      label: t.orders.extension.by,
      legendSize: 'm',
      kind: 'radios',
      chosen: [chosen],
      choices: known.map((each) => ({
        value: each.id,
        label: tellExtension(visit, each),
        hint: t.orders.extension.needs[each.needs],
      })),
    })}
    ${when(
      known.some(({ needs }) => needs === 'agreement'),
      () =>
        textField({
          ...field,
          id: 'agreement',
          name: 'agreement',
          label: t.orders.extension.agreement,
          hint: t.orders.extension.agreementHint,
          value: textOf(sent, 'agreement'),
        }),
    )}
    ${textField({ ...field, id: 'reason', name: 'reason', label: t.orders.reason, hint: t.orders.extension.reasonHint, value: textOf(sent, 'reason'), rows: 3 })}`;
  },
  check(visit, read, sent) {
    const { t } = visit;
    const chosen = takenAlone(read).find(({ id }) => id === textOf(sent, 'extension'));
    const faults = faultsOf(visit, chosen, sent);
    if (!chosen || faults.length > 0) return { faults };
    const agreement = chosen.needs === 'agreement' ? textOf(sent, 'agreement') : '';
    const exact = { extension: chosen.id, agreement, reason: textOf(sent, 'reason') };
    return {
      sent: exact,
      rows: [
        { key: t.orders.extension.by, value: tellExtension(visit, chosen) },
        ...(agreement === '' ? [] : [{ key: t.orders.extension.agreement, value: agreement }]),
        { key: t.orders.reason, value: exact.reason },
      ],
      happens: t.orders.extension.happens,
    };
  },
  bodyOf(sent) {
    const agreement = textOf(sent, 'agreement');
    return {
      extension: textOf(sent, 'extension'),
      reason: textOf(sent, 'reason'),
      ...(agreement !== '' && { agreement }),
    };
  },
};
