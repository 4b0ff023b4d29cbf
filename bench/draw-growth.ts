import type { GrowthFigures, GrowthOperation } from './report.ts';

/** What a command may cost at most, in multiples of what it costs where a thousand dossiers are stored. */
const BAR = 1.5;
const TOP = 2;
const PLOT = { left: 60, top: 50, width: 480, height: 240 };
/** Told apart by dash and by name too, not by colour alone. */
const LINES: Readonly<Record<GrowthOperation, { colour: string; dash: string }>> = {
  submit: { colour: '#1d70b8', dash: '' },
  decide: { colour: '#942514', dash: '8 4' },
  inbox: { colour: '#00703c', dash: '2 4' },
  read: { colour: '#4c2c92', dash: '12 4 2 4' },
};

/** A picture, SVG: a line for each command over how many dossiers are stored, each step to the right ten times as many. */
export function drawGrowth(figures: readonly GrowthFigures[]): string {
  const least = Math.log10(Math.min(...figures.map(({ stored }) => stored)));
  const most = Math.log10(Math.max(...figures.map(({ stored }) => stored)));
  const x = (stored: number): number =>
    Math.round(PLOT.left + ((Math.log10(stored) - least) / Math.max(1, most - least)) * PLOT.width);
  const y = (times: number): number => Math.round(PLOT.top + (1 - Math.min(times, TOP) / TOP) * PLOT.height);
  const right = PLOT.left + PLOT.width;
  const names = Object.keys(LINES) as GrowthOperation[];
  const times = (name: GrowthOperation, { operations }: GrowthFigures): number =>
    operations[name].many.p50Ms / operations[name].few.p50Ms;

  const rules = [0, 0.5, 1, BAR, TOP].map(
    (at) =>
      `<line x1="${PLOT.left}" y1="${y(at)}" x2="${right}" y2="${y(at)}" stroke="${at === BAR ? '#0b0c0c' : '#b1b4b6'}"/>` +
      `<text x="${PLOT.left - 8}" y="${y(at) + 5}" text-anchor="end">${at}</text>`,
  );
  const columns = figures.map(
    ({ stored }) =>
      `<text x="${x(stored)}" y="${PLOT.top + PLOT.height + 22}" text-anchor="middle">${stored.toLocaleString('en')}</text>`,
  );
  const drawn = names.flatMap((name, index) => {
    const { colour, dash } = LINES[name];
    const points = figures.map((each) => `${x(each.stored)},${y(times(name, each))}`);
    const from = PLOT.left + index * 125;
    const below = PLOT.top + PLOT.height + 50;
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}"/>`,
      `<line x1="${from}" y1="${below - 5}" x2="${from + 40}" y2="${below - 5}" stroke="${colour}" stroke-width="3" stroke-dasharray="${dash}"/>`,
      `<text x="${from + 48}" y="${below}">${name}</text>`,
    ];
  });
  const said = names.map((name) => `${name} ${figures.map((each) => times(name, each).toFixed(2)).join(', ')}`);
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 370" role="img" aria-labelledby="title description" font-family="sans-serif" font-size="14">`,
    `<title id="title">What a command costs as dossiers grow in number</title>`,
    `<desc id="description">Times of half of all, as multiples of those with 1,000 stored, at ${figures.map(({ stored }) => stored.toLocaleString('en')).join(', ')}: ${said.join('; ')}. The bar is ${BAR}.</desc>`,
    `<rect width="600" height="370" fill="#ffffff"/>`,
    `<text x="${PLOT.left}" y="26" font-weight="bold">Half of all commands, in multiples of the time with 1,000 dossiers</text>`,
    `<text x="${right + 8}" y="${y(BAR) + 5}">bar</text>`,
    ...rules,
    ...columns,
    ...drawn,
    '</svg>',
  ].join('\n')}\n`;
}
