import { shortened } from '../html/chart.ts';
import { html, type Markup } from '../html/markup.ts';

export interface DrawnStage {
  id: string;
  title: string;
  /** Who acts, within which term. */
  about: string;
  ways: { label: string; to: string }[];
}

const WIDTH = 400;
const BOX = 250;
const LINE = 18;
const GAP = 26;
const LANE = 10;
const END = 'end';

interface Placed extends DrawnStage {
  top: number;
  height: number;
}

interface Arrow {
  from: number;
  to: number;
  lane: number;
}

/** The stages one below another, each with its outcomes, an arrow from each outcome to where it leads: on the right, in lanes that do not meet. */
export function drawWays({
  stages,
  end,
  title,
  description,
}: {
  stages: readonly DrawnStage[];
  end: string;
  title: string;
  description: string;
}): Markup {
  const placed = place([...stages, { id: END, title: end, about: '', ways: [] }]);
  const tops = new Map(placed.map(({ id, top }) => [id, top + LINE / 2 + 4]));
  const arrows = inLanes(
    placed.flatMap((stage) =>
      stage.ways.flatMap(({ to }, index) => {
        const target = tops.get(to);
        return target === undefined ? [] : [{ from: wayLine(stage, index) - 5, to: target }];
      }),
    ),
  );
  const last = placed.at(-1);
  return html`<svg
    class="ot-chart"
    role="img"
    aria-labelledby="ways-title"
    aria-describedby="ways-description"
    viewBox="0 0 ${WIDTH} ${last ? last.top + last.height + 4 : 0}"
  >
    <title id="ways-title">${title}</title>
    <desc id="ways-description">${description}</desc>
    ${placed.map(
      (stage) =>
        html`<g>
          <rect
            x="1"
            y="${stage.top}"
            width="${BOX - 2}"
            height="${stage.height}"
            rx="4"
            fill="#ffffff"
            stroke="#1d70b8"
            stroke-width="1.5"
          />
          <text x="8" y="${stage.top + LINE - 2}" font-size="13" font-weight="700">${shortened(stage.title, 30)}</text>
          <text x="8" y="${stage.top + 2 * LINE - 4}" font-size="11" fill="#484949">${shortened(stage.about, 38)}</text>
          ${stage.ways.map(
            ({ label }, index) =>
              html`<text x="${BOX - 8}" y="${wayLine(stage, index)}" font-size="12" text-anchor="end">
                ${shortened(label, 34)}
              </text>`,
          )}
        </g>`,
    )}
    ${arrows.map(({ from, to, lane }) => {
      const x = BOX + 12 + lane * LANE;
      return html`<path d="M${BOX} ${from}H${x}V${to}H${BOX + 5}" fill="none" stroke="#484949" />
        <path d="M${BOX} ${to}l7 -4v8z" fill="#484949" />`;
    })}
  </svg>`;
}

function place(stages: readonly DrawnStage[]): Placed[] {
  const placed: Placed[] = [];
  let top = 2;
  for (const stage of stages) {
    const height = LINE * ((stage.about === '' ? 1 : 2) + stage.ways.length) + 6;
    placed.push({ ...stage, top, height });
    top += height + GAP;
  }
  return placed;
}

function wayLine({ top, about }: Placed, index: number): number {
  return top + LINE * ((about === '' ? 1 : 2) + index + 1) - 3;
}

/** Short arrows in the inner lanes; one lane holds several where they do not overlap. As many lanes as there is room for. */
function inLanes(arrows: readonly { from: number; to: number }[]): Arrow[] {
  const most = Math.floor((WIDTH - BOX - 16) / LANE);
  const lanes: [number, number][][] = [];
  const span = ({ from, to }: { from: number; to: number }): [number, number] => [
    Math.min(from, to),
    Math.max(from, to),
  ];
  return arrows
    .toSorted((a, b) => Math.abs(a.to - a.from) - Math.abs(b.to - b.from))
    .map((arrow) => {
      const [start, stop] = span(arrow);
      const free = lanes.findIndex((taken) => taken.every(([from, to]) => stop < from || to < start));
      const lane = free >= 0 ? free : Math.min(lanes.length, most - 1);
      (lanes[lane] ??= []).push([start, stop]);
      return { ...arrow, lane };
    });
}
