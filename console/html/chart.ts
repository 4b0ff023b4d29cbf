import { html, type Markup } from './markup.ts';

export interface Bar {
  label: string;
  value: number;
  /** Of the value, what is drawn dark. */
  part: number;
  /** What stands at its end, in words. */
  told: string;
}

const WIDTH = 400;
const ROW = 46;

/** Bars, drawn here. Whoever does not see them is told what they are; their numbers stand in the table beside them. */
export function barChart({
  id,
  title,
  description,
  bars,
}: {
  id: string;
  title: string;
  description: string;
  bars: readonly Bar[];
}): Markup {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const wide = (value: number): number => Math.round((value / most) * WIDTH);
  const height = bars.length * ROW;
  return html`<svg
    class="ot-chart"
    role="img"
    aria-labelledby="${id}-title"
    aria-describedby="${id}-description"
    viewBox="0 0 ${WIDTH} ${height}"
  >
    <title id="${id}-title">${title}</title>
    <desc id="${id}-description">${description}</desc>
    ${bars.map(
      ({ label, value, part, told }, index) =>
        html`<g>
          <text x="0" y="${index * ROW + 16}" font-size="14">${shortened(label, 36)}</text>
          <text x="${WIDTH}" y="${index * ROW + 16}" font-size="14" text-anchor="end">${told}</text>
          <rect x="0" y="${index * ROW + 22}" width="${Math.max(1, wide(value))}" height="14" fill="#5694ca" />
          <rect x="0" y="${index * ROW + 22}" width="${wide(part)}" height="14" fill="#942514" />
        </g>`,
    )}
  </svg>`;
}

/** As many characters as there is room for. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
