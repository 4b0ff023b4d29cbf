import type { Texts } from '../languages/vi.ts';
import { type Content, html, type Markup, when } from './markup.ts';

/** A place of a form at fault: the id of its field, and how to mend it. */
export interface Fault {
  field: string;
  text: string;
}

/** Faults at the head of a page, each a link to its field. */
export function errorSummary(t: Texts, faults: readonly Fault[]): Content {
  return when(
    faults.length > 0,
    () =>
      html`<div class="govuk-error-summary" role="alert" aria-labelledby="error-summary-title">
        <h2 class="govuk-error-summary__title" id="error-summary-title">${t.problem}</h2>
        <div class="govuk-error-summary__body">
          <ul class="govuk-list govuk-error-summary__list">
            ${faults.map(({ field, text }) => html`<li><a href="#${field}">${text}</a></li>`)}
          </ul>
        </div>
      </div>`,
  );
}

export function errorMessage(t: Texts, id: string, faults: readonly Fault[]): Content {
  const fault = faults.find(({ field }) => field === id);
  return when(
    fault,
    () =>
      html`<p id="${id}-error" class="govuk-error-message">
        <span class="govuk-visually-hidden">${t.error}:</span> ${fault?.text}
      </p>`,
  );
}

export interface Described {
  id: string;
  label: string;
  hint?: string | undefined;
  faults: readonly Fault[];
  t: Texts;
}

/** Ids of what describes a field: hint and fault. */
function describedBy({ id, hint, faults }: Described): Content {
  const ids = [hint !== undefined && `${id}-hint`, faults.some(({ field }) => field === id) && `${id}-error`].filter(
    (each) => each !== false,
  );
  return ids.length === 0 ? '' : html`aria-describedby="${ids.join(' ')}"`;
}

function isWrong({ id, faults }: Described): boolean {
  return faults.some(({ field }) => field === id);
}

function hintOf({ id, hint }: Described): Content {
  return when(hint, () => html`<div id="${id}-hint" class="govuk-hint">${hint}</div>`);
}

export interface TextField extends Described {
  name: string;
  value: string;
  rows?: number;
  /** The keys that a telephone offers. */
  keys?: 'numeric' | 'decimal';
  width?: 4 | 10 | 20;
  autocomplete?: string;
}

export function textField(field: TextField): Markup {
  const { id, label, name, value, rows, t, faults } = field;
  const wrong = isWrong(field);
  const widthClass = field.width === undefined ? '' : ` govuk-input--width-${field.width}`;
  return html`<div class="govuk-form-group${wrong ? ' govuk-form-group--error' : ''}">
    <label class="govuk-label" for="${id}">${label}</label>
    ${hintOf(field)} ${errorMessage(t, id, faults)}
    ${
      rows === undefined
        ? html`<input
            class="govuk-input${widthClass}${wrong ? ' govuk-input--error' : ''}"
            id="${id}"
            name="${name}"
            type="text"
            value="${value}"
            ${field.keys === undefined ? '' : html`inputmode="${field.keys}"`}
            ${field.autocomplete === undefined ? '' : html`autocomplete="${field.autocomplete}"`}
            ${describedBy(field)}
          />`
        : html`<textarea
            class="govuk-textarea${wrong ? ' govuk-textarea--error' : ''}"
            id="${id}"
            name="${name}"
            rows="${rows}"
            ${describedBy(field)}
          >
${value}</textarea>`
    }
  </div>`;
}

export interface Choice {
  value: string;
  label: Content;
  hint?: string;
}

export interface ChoiceField extends Described {
  name: string;
  choices: readonly Choice[];
  chosen: readonly string[];
  kind: 'radios' | 'checkboxes';
  legendSize?: 'm' | 's';
}

/** First in a form that has other buttons among its fields: what Enter in a field does. It is neither seen nor reached. */
export function onEnter(step: string): Markup {
  return html`<button
    type="submit"
    class="govuk-visually-hidden"
    tabindex="-1"
    aria-hidden="true"
    name="step"
    value="${step}"
  ></button>`;
}

/** Radio buttons or boxes to tick; the first has the field's own id, to which a fault leads. */
export function choiceField(field: ChoiceField): Markup {
  const { id, label, name, choices, chosen, kind, t, faults, legendSize } = field;
  const type = kind === 'radios' ? 'radio' : 'checkbox';
  const legend = legendSize === undefined ? '' : ` govuk-fieldset__legend--${legendSize}`;
  return html`<div class="govuk-form-group${isWrong(field) ? ' govuk-form-group--error' : ''}">
    <fieldset class="govuk-fieldset" ${describedBy(field)}>
      <legend class="govuk-fieldset__legend${legend}">${label}</legend>
      ${hintOf(field)} ${errorMessage(t, id, faults)}
      <div class="govuk-${kind}">
        ${choices.map((choice, index) => {
          const own = index === 0 ? id : `${id}-${index}`;
          return html`<div class="govuk-${kind}__item">
            <input
              class="govuk-${kind}__input"
              id="${own}"
              name="${name}"
              type="${type}"
              value="${choice.value}"
              ${chosen.includes(choice.value) ? html`checked` : ''}
              ${choice.hint === undefined ? '' : html`aria-describedby="${own}-item-hint"`}
            />
            <label class="govuk-label govuk-${kind}__label" for="${own}">${choice.label}</label>
            ${when(
              choice.hint,
              () => html`<div id="${own}-item-hint" class="govuk-hint govuk-${kind}__hint">${choice.hint}</div>`,
            )}
          </div>`;
        })}
      </div>
    </fieldset>
  </div>`;
}

export interface SelectField extends Described {
  name: string;
  choices: readonly { value: string; label: string }[];
  chosen: string;
}

export function selectField(field: SelectField): Markup {
  const { id, label, name, choices, chosen, t, faults } = field;
  return html`<div class="govuk-form-group${isWrong(field) ? ' govuk-form-group--error' : ''}">
    <label class="govuk-label" for="${id}">${label}</label>
    ${hintOf(field)} ${errorMessage(t, id, faults)}
    <select class="govuk-select" id="${id}" name="${name}" ${describedBy(field)}>
      ${choices.map(
        (choice) =>
          html`<option value="${choice.value}" ${choice.value === chosen ? html`selected` : ''}>
            ${choice.label}
          </option>`,
      )}
    </select>
  </div>`;
}

export interface DateField extends Described {
  name: string;
  value: { day: string; month: string; year: string };
  /** Of an instant: its time too. */
  time?: string | undefined;
}

/** Three fields, as the GOV.UK Design System asks for a date that one knows by heart. */
export function dateField(field: DateField): Markup {
  const { id, label, name, value, t, faults } = field;
  const wrong = isWrong(field);
  const part = (key: 'day' | 'month' | 'year' | 'time', own: string): Markup =>
    html`<div class="govuk-date-input__item">
      <div class="govuk-form-group">
        <label class="govuk-label govuk-date-input__label" for="${own}">${t.date[key]}</label>
        <input
          class="govuk-input govuk-date-input__input govuk-input--width-${key === 'year' || key === 'time' ? 4 : 2}${wrong ? ' govuk-input--error' : ''}"
          id="${own}"
          name="${name}.${key}"
          type="text"
          ${key === 'time' ? '' : html`inputmode="numeric"`}
          value="${key === 'time' ? (field.time ?? '') : value[key]}"
        />
      </div>
    </div>`;
  return html`<div class="govuk-form-group${wrong ? ' govuk-form-group--error' : ''}">
    <fieldset class="govuk-fieldset" role="group" ${describedBy(field)}>
      <legend class="govuk-fieldset__legend">${label}</legend>
      ${hintOf(field)} ${errorMessage(t, id, faults)}
      <div class="govuk-date-input">
        ${part('day', id)} ${part('month', `${id}-month`)} ${part('year', `${id}-year`)}
        ${when(field.time !== undefined, () => part('time', `${id}-time`))}
      </div>
    </fieldset>
  </div>`;
}

export interface Row {
  key: string;
  value: Content;
  action?: { href: string; text: string };
}

export function summaryList(rows: readonly Row[]): Content {
  return when(
    rows.length > 0,
    () =>
      html`<dl class="govuk-summary-list">
        ${rows.map(
          ({ key, value, action }) =>
            html`<div class="govuk-summary-list__row">
              <dt class="govuk-summary-list__key">${key}</dt>
              <dd class="govuk-summary-list__value">${value}</dd>
              ${when(
                action,
                () =>
                  html`<dd class="govuk-summary-list__actions">
                    <a class="govuk-link" href="${action?.href}"
                      >${action?.text}<span class="govuk-visually-hidden"> (${key})</span></a
                    >
                  </dd>`,
              )}
            </div>`,
        )}
      </dl>`,
  );
}

export function button(text: string, more: { secondary?: boolean; name?: string; value?: string } = {}): Markup {
  return html`<button
    type="submit"
    class="govuk-button${more.secondary ? ' govuk-button--secondary' : ''}"
    ${more.name === undefined ? '' : html`name="${more.name}" value="${more.value ?? ''}"`}
  >
    ${text}
  </button>`;
}

export function details(summary: string, body: Content): Markup {
  return html`<details class="govuk-details">
    <summary class="govuk-details__summary"><span class="govuk-details__summary-text">${summary}</span></summary>
    <div class="govuk-details__text">${body}</div>
  </details>`;
}

export function banner(heading: string, body: Content, success = false): Markup {
  return html`<div
    class="govuk-notification-banner${success ? ' govuk-notification-banner--success' : ''}"
    role="region"
    aria-label="${heading}"
  >
    <div class="govuk-notification-banner__header">
      <h2 class="govuk-notification-banner__title">${heading}</h2>
    </div>
    <div class="govuk-notification-banner__content">${body}</div>
  </div>`;
}

export function tag(text: string, colour?: 'red' | 'green' | 'blue' | 'yellow' | 'grey'): Markup {
  return html`<strong class="govuk-tag${colour === undefined ? '' : ` govuk-tag--${colour}`}">${text}</strong>`;
}
