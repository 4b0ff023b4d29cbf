// Makes the first version of a country's calendar from date-holidays, a maintained compilation (data under CC BY 3.0): a file to be checked against the law and then
// amended by hand, never made at run time. `make-calendars.mjs ro pt br ee [--from 2025 --to 2027]` writes workflows/calendars/COUNTRY.yaml where there is none.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Holidays from 'date-holidays';
import { stringify } from 'yaml';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const day = (...spans) => spans.map((span) => ({ from: span.slice(0, 5), to: span.slice(6) }));
const usual = (country) => `usual office hours in ${country}; not verified, no national text fixes them`;

/** What the compilation does not say. */
const COUNTRIES = {
  ro: {
    title: {
      ro: 'Calendarul de lucru al autorităților publice din România',
      en: 'Working calendar of public authorities in Romania',
    },
    timeZone: 'Europe/Bucharest',
    hours: day('08:00-16:30'),
    hoursSource: usual('Romania'),
    law: { ro: 'Legea 53/2003 (Codul muncii), art. 139', en: 'Labour Code, Law 53/2003, art. 139' },
    undecided: (year) => ({
      from: `${year}-01-01`,
      to: `${year}-12-31`,
      what: {
        ro: 'zilele libere acordate personalului din sectorul public, cu recuperare',
        en: 'bridging days for the public sector, to be made up for',
      },
      legalBasis: { ro: 'Hotărâre a Guvernului, anual', en: 'Government Decision, each year' },
      assumes: 'no bridging days: a decision for the year is entered as an amendment',
    }),
  },
  pt: {
    title: {
      pt: 'Calendário dos serviços públicos de Portugal',
      en: 'Working calendar of public services in Portugal',
    },
    timeZone: 'Europe/Lisbon',
    hours: day('09:00-12:30', '14:00-17:30'),
    hoursSource: usual('Portugal'),
    law: { pt: 'Código do Trabalho, art. 234.º', en: 'Labour Code, art. 234' },
    undecided: (year) => ({
      from: `${year}-01-01`,
      to: `${year}-12-31`,
      what: {
        pt: 'tolerância de ponto (Carnaval, véspera de Natal)',
        en: 'days off granted to public services (Carnival, Christmas Eve)',
      },
      legalBasis: { pt: 'Despacho do Primeiro-Ministro, anual', en: 'Order of the Prime Minister, each year' },
      assumes: 'worked days; municipal holidays are entered in a calendar of the municipality',
    }),
  },
  br: {
    title: {
      pt: 'Calendário da administração pública federal do Brasil',
      en: 'Working calendar of the federal administration of Brazil',
    },
    timeZone: 'America/Sao_Paulo',
    hours: day('08:00-12:00', '14:00-18:00'),
    hoursSource: usual('Brazil'),
    law: {
      pt: 'Leis 662/1949, 6.802/1980, 9.093/1995 e 14.759/2023',
      en: 'Laws 662/1949, 6.802/1980, 9.093/1995 and 14.759/2023',
    },
    undecided: (year) => ({
      from: `${year}-01-01`,
      to: `${year}-12-31`,
      what: {
        pt: 'pontos facultativos (Carnaval, Corpus Christi, vésperas)',
        en: 'optional days (Carnival, Corpus Christi, eves)',
      },
      legalBasis: { pt: 'Portaria MGI, anual', en: 'Ordinance of the Ministry of Management, each year' },
      assumes: 'worked days; state and municipal holidays are entered in a calendar of the authority',
    }),
  },
  ee: {
    title: { et: 'Eesti ametiasutuste töökalender', en: 'Working calendar of authorities in Estonia' },
    timeZone: 'Europe/Tallinn',
    hours: day('08:30-12:30', '13:00-17:00'),
    hoursSource: usual('Estonia'),
    law: {
      et: 'Pühade ja tähtpäevade seadus, § 1–2',
      en: 'Public Holidays and Days of National Importance Act, §§ 1-2',
    },
    /** Shortened by three hours, each with the day that it comes before. */
    shortened: {
      days: ['12-31', '02-23', '06-22', '12-23'],
      hours: day('08:30-12:30', '13:00-14:00'),
      name: { et: 'lühendatud tööpäev', en: 'shortened working day' },
      law: { et: 'Töölepingu seadus, § 53', en: 'Employment Contracts Act, § 53' },
    },
    undecided: () => undefined,
  },
};

const { version } = JSON.parse(readFileSync(join(ROOT, 'node_modules/date-holidays/package.json'), 'utf8'));
const source = `date-holidays ${version} (CC BY 3.0)`;

function makeCalendar(id, { from, to }) {
  const country = COUNTRIES[id];
  const years = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const off = years
    .flatMap((year) => daysOff(id, year))
    .map((row) => ({ ...row, kind: 'off', legalBasis: country.law }));
  const taken = new Set(off.map(({ date }) => date));
  const { shortened } = country;
  const halves = years.flatMap((year) =>
    (shortened?.days ?? [])
      .map((date) => `${year}-${date}`)
      .filter((date) => !taken.has(date) && ![0, 6].includes(new Date(`${date}T00:00:00Z`).getUTCDay()))
      .map((date) => ({ date, kind: 'half', name: shortened.name, legalBasis: shortened.law, hours: shortened.hours })),
  );
  const days = [
    ...off.map((row) => ({ ...row, source, verified: 'compiled' })),
    ...halves.map((row) => ({ ...row, source: 'memory', verified: 'memory' })),
  ];
  const { hours } = country;
  return {
    id,
    version: '1.0.0',
    title: country.title,
    timeZone: country.timeZone,
    covers: { from: `${from}-01-01`, to: `${to}-12-31` },
    week: { mon: hours, tue: hours, wed: hours, thu: hours, fri: hours, sat: [], sun: [] },
    standardHours: hours,
    hoursSource: country.hoursSource,
    days: days.toSorted((a, b) => (a.date < b.date ? -1 : 1)),
    undecided: years.map(country.undecided).filter((entry) => entry !== undefined),
  };
}

/** Statutory days off, each date once: a holiday of two days is two rows. */
function daysOff(id, year) {
  const language = Object.keys(COUNTRIES[id].title)[0];
  const named = new Map();
  for (const [key, languages] of [
    [language, [language]],
    ['en', ['en']],
  ])
    for (const { date, start, end, name, type } of new Holidays(id.toUpperCase(), { languages }).getHolidays(year)) {
      if (type !== 'public') continue;
      const first = date.slice(0, 10);
      const count = Math.max(1, Math.round((end - start) / 86_400_000));
      for (let index = 0; index < count; index += 1) {
        const at = new Date(Date.parse(`${first}T00:00:00Z`) + index * 86_400_000).toISOString().slice(0, 10);
        named.set(at, { ...named.get(at), [key]: name });
      }
    }
  return [...named].map(([date, name]) => ({ date, name }));
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { from: { type: 'string', default: '2025' }, to: { type: 'string', default: '2027' } },
});
for (const id of positionals) {
  if (!COUNTRIES[id]) throw new Error(`expected one of ${Object.keys(COUNTRIES).join(', ')}, got ${id}`);
  const path = join(ROOT, 'workflows', 'calendars', `${id}.yaml`);
  if (existsSync(path)) throw new Error(`${path} is there already: amend it, under a new version`);
  const calendar = makeCalendar(id, { from: Number(values.from), to: Number(values.to) });
  const head = `# ${calendar.title.en}, ${values.from} to ${values.to}: a first version from ${source}, not yet checked against the law.\n`;
  const text = stringify(calendar, { lineWidth: 160 }).replaceAll(/(from|to): (\d\d:\d\d)$/gm, "$1: '$2'");
  writeFileSync(path, head + text);
}
