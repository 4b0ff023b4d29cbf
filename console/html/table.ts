import { type Content, html, type Markup } from './markup.ts';

export interface Column<T> {
  name: string;
  cell: (row: T) => Content;
  numeric?: boolean;
}

/** A table whose first column names its rows, under a heading that says what it is. On a narrow screen each row stands alone, its cells under their column's name; the roles keep it a table there. */
export function dataTable<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): Markup {
  const numeric = (part: 'header' | 'cell', column: Column<T>): string =>
    `govuk-table__${part}${column.numeric ? ` govuk-table__${part}--numeric` : ''}`;
  return html`<table class="govuk-table ot-table" role="table">
    <caption class="govuk-visually-hidden">
      ${caption}
    </caption>
    <thead class="govuk-table__head" role="rowgroup">
      <tr class="govuk-table__row" role="row">
        ${columns.map((column) => html`<th scope="col" role="columnheader" class="${numeric('header', column)}">${column.name}</th>`)}
      </tr>
    </thead>
    <tbody class="govuk-table__body" role="rowgroup">
      ${rows.map(
        (row) =>
          html`<tr class="govuk-table__row" role="row">
            ${columns.map((column, index) =>
              index === 0
                ? html`<th scope="row" role="rowheader" class="govuk-table__header">${column.cell(row)}</th>`
                : html`<td role="cell" class="${numeric('cell', column)}" data-name="${column.name}">
                    ${column.cell(row)}
                  </td>`,
            )}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
