import { randomUUID } from 'node:crypto';
import { type Withdrawal, withdrawalOf } from '../../domain/dossier/withdrawal.ts';
import { codeOf } from '../ask-api.ts';
import { tellStage } from '../consequences.ts';
import { codeOfDossier, type DossierRead, readDossier } from '../dossier.ts';
import { button, type Fault, textField } from '../html/components.ts';
import { csrfField, page } from '../html/layout.ts';
import { type Content, html, when } from '../html/markup.ts';
import { plainPage, refusedPage } from '../refused.ts';
import { longWords } from '../long-words.ts';
import { AT, Names, type Visit } from '../visit.ts';
import { afterSending } from './sent.ts';

type Sent = Readonly<Record<string, unknown>>;
type Open = Extract<Withdrawal, { ok: true }>;
type Closed = Exclude<Withdrawal, Open>;

/** At the end of the dossier: the way to withdraw it, as long as there is one; that it is being withdrawn. */
export function withdrawalLink({ t }: Visit, { detail, pinned }: DossierRead): Content {
  const withdrawal = withdrawalOf(pinned.procedure, detail, 'applicant');
  if (withdrawal.ok)
    return html`<p class="govuk-body">
      <a class="govuk-link" href="${AT}/mine/${detail.id}/withdrawal">${t.withdraw.heading}</a>
    </p>`;
  return when(
    withdrawal.why === 'asked' && detail.result === null,
    () => html`<p class="govuk-inset-text">${t.withdraw.closed.asked}</p>`,
  );
}

/** What will happen, before it does. */
export async function withdrawalPage(
  visit: Visit,
  id: string,
  { reason, faults }: { reason: string; faults: readonly Fault[] } = { reason: '', faults: [] },
): Promise<Response> {
  const { t } = visit;
  const back = `${AT}/mine/${id}`;
  const found = await readDossier(visit, id);
  if (!found.ok) return refusedPage(visit, found.problem, { back: `${AT}/mine` });
  const { read } = found;
  const withdrawal = withdrawalOf(read.pinned.procedure, read.detail, 'applicant');
  if (!withdrawal.ok) return closedPage(visit, read, withdrawal);
  const laws = [withdrawal.rule.legalBasis ?? []].flat();
  return page(visit, {
    title: t.withdraw.heading,
    at: 'mine',
    back,
    faults,
    ...(faults.length > 0 && { status: 422 as const }),
    body: html`<span class="govuk-caption-l"
        >${new Names(visit).text(read.pinned.procedure.title)} – ${codeOfDossier(read.detail)}</span
      >
      <h1 class="govuk-heading-l">${t.withdraw.heading}</h1>
      <h2 class="govuk-heading-m">${t.decide.happens}</h2>
      <ul class="govuk-list govuk-list--bullet">
        ${consequences(visit, read, withdrawal).map((each) => html`<li>${each}</li>`)}
      </ul>
      ${when(laws.length > 0, () => html`<p class="govuk-body">${t.decide.grounds}: ${laws.join('; ')}</p>`)}
      <form method="post" action="${back}/withdrawal" novalidate>
        ${csrfField(visit)} <input type="hidden" name="once" value="${randomUUID()}" />
        ${textField({
          id: 'reason',
          name: 'reason',
          label: `${t.withdraw.reason} (${t.optional})`,
          hint: t.withdraw.reasonHint,
          value: reason,
          rows: 3,
          faults,
          t,
        })}
        <div class="govuk-button-group">
          ${button(t.withdraw.confirm)}
          <a class="govuk-link" href="${back}">${t.withdraw.keep}</a>
        </div>
      </form>`,
  });
}

export async function withdrawalStep(visit: Visit, id: string, sent: Sent): Promise<Response> {
  const back = `${AT}/mine/${id}`;
  const text = (name: string): string => (typeof sent[name] === 'string' ? sent[name].trim() : '');
  const reason = text('reason').replaceAll('\r\n', '\n');
  const faults = longWords(visit, { field: 'reason', label: visit.t.withdraw.reason, words: reason });
  if (faults.length > 0) return withdrawalPage(visit, id, { reason, faults });
  const body = reason === '' ? {} : { reason };
  const done = await visit.api.post(`/dossiers/${encodeURIComponent(id)}/withdrawal`, body, text('once') || undefined);
  if (done.ok) return visit.c.redirect(afterSending(id, 'withdrawal'), 303);
  const found = codeOf(done.problem) === 'withdrawal-closed' ? await readDossier(visit, id) : undefined;
  const withdrawal = found?.ok && withdrawalOf(found.read.pinned.procedure, found.read.detail, 'applicant');
  return found?.ok && withdrawal && !withdrawal.ok
    ? closedPage(visit, found.read, withdrawal)
    : refusedPage(visit, done.problem, { back });
}

function consequences(visit: Visit, { detail, pinned }: DossierRead, { rule: { go, stop } }: Open): string[] {
  const { t } = visit;
  const target = go === undefined ? undefined : pinned.procedure.stages[go];
  const result = target?.kind === 'notify' ? target.result : stop;
  const paid = Object.values(detail.fees).some((fee) => fee.paid !== null);
  return [
    t.withdraw.ends,
    ...(result === undefined ? [] : [t.withdraw.result(t.results[result] ?? result)]),
    ...(result === undefined && go !== undefined ? [tellStage(visit, new Names(visit), pinned, go)] : []),
    ...(detail.children.some((child) => child.result === null) ? [t.withdraw.children] : []),
    ...(paid ? [t.withdraw.paid] : []),
  ];
}

/** That it is too late, and why. */
function closedPage(visit: Visit, { detail, pinned }: DossierRead, closed: Closed): Promise<Response> {
  const { t } = visit;
  return plainPage(visit, {
    title: t.withdraw.closedHeading,
    text: whyClosed(visit, pinned, closed),
    status: 409,
    link: { href: `${AT}/mine/${detail.id}`, text: t.decide.toDossier },
  });
}

function whyClosed(visit: Visit, pinned: DossierRead['pinned'], closed: Closed): string {
  const { closed: texts } = visit.t.withdraw;
  const names = new Names(visit);
  switch (closed.why) {
    case 'asked':
    case 'ended':
    case 'never':
      return texts[closed.why];
    case 'passed':
      return texts.passed(names.stage(pinned, closed.stage));
    case 'elsewhere':
      return texts.elsewhere(closed.stages.map((stage) => names.stage(pinned, stage)).join(', '));
  }
}
