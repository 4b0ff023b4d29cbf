import { textField } from '../html/components.ts';
import { html } from '../html/markup.ts';
import { longWords } from '../long-words.ts';
import type { DossierRead } from '../dossier.ts';
import type { Visit } from '../visit.ts';
import type { Order } from './order-kind.ts';
import { textOf } from './sent.ts';
import { readUnit, unitField, type UnitQuestion } from './unit-choice.ts';

/** In a form: nobody can tell whose it is. */
const QUEUE = 'queue';

function questionOf({ t }: Visit, { detail: { unit } }: DossierRead): UnitQuestion {
  const { to, toHint, type, queue, queueHint } = t.orders.transfer;
  const instead = { value: QUEUE, label: queue, hint: queueHint };
  return { label: to, hint: toHint, type, except: unit, ...(unit !== null && { instead }) };
}

/** A dossier passes to the unit that is competent. */
export const transferOrder: Order = {
  path: 'transfer',
  fields: ['to', 'reason'],
  refusedAt: { 'unknown-unit': 'to', 'wrong-status': 'to' },
  isOffered: ({ detail }, office) =>
    detail.result === null &&
    detail.tasks.some(
      ({ party, unit, role, kind }) =>
        party === null && kind !== 'lateness' && unit === office.unit && role === office.role,
    ),
  form(visit, read, { sent, faults }) {
    const { t } = visit;
    return html`${unitField(visit, { ...questionOf(visit, read), sent, faults })}
    ${textField({ t, faults, id: 'reason', name: 'reason', label: t.orders.reason, hint: t.orders.transfer.reasonHint, value: textOf(sent, 'reason'), rows: 3 })}`;
  },
  check(visit, read, sent) {
    const { t } = visit;
    const reason = textOf(sent, 'reason');
    const to = readUnit(visit, sent, { ...questionOf(visit, read), choose: t.orders.transfer.choose });
    const faults = [
      ...('fault' in to ? [{ field: 'to', text: to.fault }] : []),
      ...(reason === '' ? [{ field: 'reason', text: t.orders.sayWhy }] : []),
      ...longWords(visit, { field: 'reason', label: t.orders.reason, words: reason }),
    ];
    if ('fault' in to || faults.length > 0) return { faults };
    const name = to.value === QUEUE ? t.history.coordinators : to.name;
    return {
      sent: { to: to.value, reason },
      rows: [
        { key: t.orders.transfer.to, value: name },
        { key: t.orders.reason, value: reason },
      ],
      happens: t.orders.transfer.happens(name),
    };
  },
  bodyOf(sent) {
    const to = textOf(sent, 'to');
    return { unit: to === QUEUE ? null : to, reason: textOf(sent, 'reason') };
  },
};
