import type { OfficeName } from '../../domain/authority/organisation.ts';
import { ARCHIVIST } from '../../functions/archive/keepers.ts';
import type { DossierRead } from '../dossier.ts';
import { choiceField, type Fault, type Row, textField } from '../html/components.ts';
import { type Content, html } from '../html/markup.ts';
import { longWords } from '../long-words.ts';
import { tellInstant } from '../tell.ts';
import type { Visit } from '../visit.ts';
import type { Order } from './order-kind.ts';
import { type Sent, textOf } from './sent.ts';

const MOST_LAW = 500;

interface Hold {
  hold: string;
  legalBasis: string;
  at: string;
}

/** Who looks after the records of his unit. */
export function keeps({ units }: Pick<Visit, 'units'>, office: OfficeName): boolean {
  return office.role === ARCHIVIST || heads({ units }, office);
}

function heads({ units }: Pick<Visit, 'units'>, { unit, role }: OfficeName): boolean {
  return units.some(({ id, head }) => id === unit && head === role);
}

/** Holds that stand, by the record. */
function holdsOf({ events }: DossierRead): Hold[] {
  const lifted = new Set(events.flatMap(({ event }) => (event.type === 'HoldLifted' ? [event.data['hold']] : [])));
  return events.flatMap(({ event: { type, data, at } }) =>
    type === 'HoldSet' && !lifted.has(data['hold'])
      ? [{ hold: String(data['hold']), legalBasis: String(data['legalBasis']), at }]
      : [],
  );
}

function tellHold({ t }: Visit, { legalBasis, at }: Hold): string {
  return t.orders.hold.since(legalBasis, tellInstant(t, at));
}

function lawAndReason(visit: Visit, { sent, faults }: { sent: Sent; faults: readonly Fault[] }): Content {
  const { t } = visit;
  const field = { t, faults };
  return html`${textField({ ...field, id: 'legalBasis', name: 'legalBasis', label: t.orders.hold.law, hint: t.orders.hold.lawHint, value: textOf(sent, 'legalBasis') })}
  ${textField({ ...field, id: 'reason', name: 'reason', label: t.orders.reason, hint: t.orders.hold.reasonHint, value: textOf(sent, 'reason'), rows: 3 })}`;
}

function faultsIn(visit: Visit, sent: Sent): Fault[] {
  const { t } = visit;
  const [law, reason] = [textOf(sent, 'legalBasis'), textOf(sent, 'reason')];
  return [
    ...(law === '' || law.length > MOST_LAW ? [{ field: 'legalBasis', text: t.orders.hold.sayLaw }] : []),
    ...(reason === '' ? [{ field: 'reason', text: t.orders.sayWhy }] : []),
    ...longWords(visit, { field: 'reason', label: t.orders.reason, words: reason }),
  ];
}

function rowsOf({ t }: Visit, sent: Sent): Row[] {
  return [
    { key: t.orders.hold.law, value: textOf(sent, 'legalBasis') },
    { key: t.orders.reason, value: textOf(sent, 'reason') },
  ];
}

function bodyOf(sent: Sent): { legalBasis: string; reason: string } {
  return { legalBasis: textOf(sent, 'legalBasis'), reason: textOf(sent, 'reason') };
}

/** Forbids that the record be disposed of. */
export const holdOrder: Order = {
  path: () => 'holds',
  fields: ['legalBasis', 'reason'],
  refusedAt: {},
  isOffered: (_, office, visit) => keeps(visit, office),
  form: (visit, _, entry) => lawAndReason(visit, entry),
  check(visit, _, sent) {
    const faults = faultsIn(visit, sent);
    if (faults.length > 0) return { faults };
    return { sent: bodyOf(sent), rows: rowsOf(visit, sent), happens: visit.t.orders.hold.happens };
  },
  bodyOf,
};

/** Allows it again: whoever heads the unit alone. */
export const releaseOrder: Order = {
  path: (sent) => `holds/${encodeURIComponent(textOf(sent, 'hold'))}/end`,
  fields: ['hold', 'legalBasis', 'reason'],
  refusedAt: { 'hold-unknown': 'hold' },
  isOffered: (read, office, visit) => heads(visit, office) && holdsOf(read).length > 0,
  form(visit, read, entry) {
    const { t } = visit;
    const known = holdsOf(read);
    const [only, ...others] = known;
    const chosen = textOf(entry.sent, 'hold') || (others.length === 0 ? (only?.hold ?? '') : '');
    return html`${choiceField({
      t,
      faults: entry.faults,
      id: 'hold',
      name: 'hold',
      label: t.orders.release.which,
      legendSize: 'm',
      kind: 'radios',
      chosen: [chosen],
      choices: known.map((each) => ({ value: each.hold, label: tellHold(visit, each) })),
    })}
    ${lawAndReason(visit, entry)}`;
  },
  check(visit, read, sent) {
    const { t } = visit;
    const known = holdsOf(read);
    const chosen = known.find(({ hold }) => hold === textOf(sent, 'hold'));
    const faults = [...(chosen ? [] : [{ field: 'hold', text: t.orders.release.choose }]), ...faultsIn(visit, sent)];
    if (!chosen || faults.length > 0) return { faults };
    return {
      sent: { hold: chosen.hold, ...bodyOf(sent) },
      rows: [{ key: t.orders.release.which, value: tellHold(visit, chosen) }, ...rowsOf(visit, sent)],
      happens: t.orders.release.happens(known.length - 1),
    };
  },
  bodyOf,
};
