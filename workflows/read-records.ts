import * as z from 'zod';
import { expectedOfText } from '../domain/written-text.ts';
import { Instrument, Official, Unit } from '../schemas/organisation.ts';
import { dotted, type Locate, type Place, type Problem } from './compiler/problem.ts';
import { csvRows, type Row } from './csv-rows.ts';
import { schemaProblems } from './compiler/schema-problems.ts';
import { decode, readYaml, type YamlDocument } from './compiler/yaml-source.ts';

/** What an administrator hands in by the many. */
export const IMPORTED = { unit: Unit, official: Official, instrument: Instrument } as const;
export type ImportedKind = keyof typeof IMPORTED;
export type Imported = { [K in ImportedKind]: z.output<(typeof IMPORTED)[K]> };

/** Records as a text gives them, and where each part of them stands in it. */
export interface RecordText<K extends ImportedKind> {
  records: Imported[K][];
  /** Fields of a record for which the text has no column: they stay as they are. None in JSON, which says each record whole. */
  unsaid: readonly string[];
  locate: Locate;
}

type Form =
  | 'text'
  /** Values with spaces, commas or semicolons between them. */
  | 'list'
  /** As `list`; an empty cell is no list. */
  | 'list-if-any'
  /** An empty cell is `null`. */
  | 'text-or-null';

/** The columns of each kind, by the field of the record that they fill; what has none (`registers` of a unit) stays as it is kept. Rows of one official's id are one official: each adds an appointment. */
export const COLUMNS: { readonly [K in ImportedKind]: Readonly<Record<string, Form>> } = {
  unit: {
    id: 'text',
    name: 'text',
    agency: 'text',
    level: 'text',
    parent: 'text-or-null',
    area: 'list',
    identifier: 'text',
    symbol: 'text',
    place: 'text',
    codeScheme: 'text',
    calendar: 'text',
    head: 'text',
    from: 'text',
  },
  official: {
    id: 'text',
    name: 'text',
    subject: 'text',
    email: 'text',
    credential: 'text',
    certificate: 'text',
    'appointments.unit': 'text',
    'appointments.role': 'text',
    'appointments.from': 'text',
    'appointments.until': 'text',
    'appointments.title': 'text',
  },
  instrument: {
    id: 'text',
    kind: 'text',
    'for.unit': 'text',
    'for.role': 'text',
    'for.official': 'text',
    'holder.unit': 'text',
    'holder.role': 'text',
    'holder.official': 'text',
    procedures: 'list-if-any',
    stages: 'list-if-any',
    from: 'text',
    until: 'text',
    signedBy: 'text',
    number: 'text',
    dated: 'text',
    legalBasis: 'text',
  },
};

/** What an empty cell says. */
const EMPTY = { text: undefined, list: [], 'list-if-any': undefined, 'text-or-null': null } as const satisfies Record<
  Form,
  unknown
>;
const APPOINTMENT = 'appointments.';
const MOST_AT_ONCE = 10_000;

type Reading<T> = ({ ok: true } & T) | { ok: false; problems: Problem[] };
type Document = YamlDocument & { unsaid: readonly string[] };

/** Reads records of one kind from CSV (RFC 4180; separated by commas, semicolons or tabs, as the first line is) or from a list in JSON or YAML. */
export function readRecords<K extends ImportedKind>(
  kind: K,
  input: Uint8Array,
  { file, format }: { file: string; format: 'csv' | 'json' },
): Reading<RecordText<K>> {
  const reading = format === 'csv' ? readCsv(kind, input, file) : readList(input, file);
  if (!reading.ok) return reading;
  const { document } = reading;
  const unfit = unfitFor(document.value, document.locate);
  if (unfit.length > 0) return { ok: false, problems: unfit };
  const schema: z.ZodType<Imported[K][]> = z.array(IMPORTED[kind] as unknown as z.ZodType<Imported[K]>);
  const checked = schema.safeParse(document.value);
  if (!checked.success) return { ok: false, problems: schemaProblems(checked.error.issues, document) };
  const twice = repeated(checked.data, document.locate);
  if (twice.length > 0) return { ok: false, problems: twice };
  return { ok: true, records: checked.data, unsaid: document.unsaid, locate: document.locate };
}

/** What nobody may hand in, in a field or as one: a text that cannot be kept or reads otherwise than it is, a list of which each fault would be told. */
function unfitFor(value: unknown, locate: Locate, path: readonly PropertyKey[] = []): Problem[] {
  if (typeof value === 'string') {
    const expected = expectedOfText(value);
    if (expected === undefined) return [];
    return [{ ...locate(path), rule: 'bad-text', message: 'this text cannot be kept', expected }];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value) && value.length > MOST_AT_ONCE) return [tooMany(locate(path), String(value.length))];
  const parts: [PropertyKey, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return parts.flatMap(([step, part]) => unfitFor(part, locate, [...path, step]));
}

function tooMany(place: Place, found: string): Problem {
  const expected = `at most ${MOST_AT_ONCE} at once`;
  return { ...place, rule: 'bad-value', message: 'these are too many', expected, found };
}

function repeated(records: readonly { id: string }[], locate: Locate): Problem[] {
  const first = new Map<string, number>();
  return records.flatMap(({ id }, index) => {
    const known = first.get(id);
    if (known === undefined) first.set(id, index);
    if (known === undefined) return [];
    const message = `${id} is here twice`;
    return [{ ...locate([index, 'id']), rule: 'duplicate-id', message, related: locate([known, 'id']) }];
  });
}

function readList(input: Uint8Array, file: string): Reading<{ document: Document }> {
  const reading = readYaml(input, file);
  if (!reading.ok) return reading;
  const [document, second] = reading.documents;
  if (!document || second) {
    const message = 'expected one list of records';
    return { ok: false, problems: [{ file, line: 1, column: 1, path: '', rule: 'bad-value', message }] };
  }
  return { ok: true, document: { ...document, unsaid: [] } };
}

function readCsv(kind: ImportedKind, input: Uint8Array, file: string): Reading<{ document: Document }> {
  const text = decode(input, file);
  if (typeof text !== 'string') return { ok: false, problems: [text] };
  const rows = csvRows(text, file, { most: 1 + MOST_AT_ONCE });
  if (!Array.isArray(rows)) return { ok: false, problems: [rows] };
  const [header = { line: 1, cells: [] }, ...body] = rows;
  const columns = header.cells.map((cell) => cell.trim());
  // One more than there can be is wrong already, and none behind it need be told.
  const judged = columns.slice(0, Object.keys(COLUMNS[kind]).length + 1);
  const place = { file, line: header.line, column: 1, path: '' };
  const problems = headerProblems(kind, judged, place);
  if (problems.length > 0) return { ok: false, problems };
  if (body.length > MOST_AT_ONCE) return { ok: false, problems: [tooMany(place, 'more')] };
  const gathered = new Gathering(kind, columns, file);
  for (const row of body) gathered.add(row);
  return gathered.problems.length > 0
    ? { ok: false, problems: gathered.problems }
    : { ok: true, document: gathered.document() };
}

function headerProblems(kind: ImportedKind, columns: readonly string[], at: Place): Problem[] {
  const known = Object.keys(COLUMNS[kind]);
  const expected = known.join(', ');
  const unknown = columns.filter((column) => !known.includes(column));
  const twice = columns.filter((column, index) => columns.indexOf(column) !== index);
  return [
    ...unknown.map((found) => ({
      ...at,
      rule: 'unknown-key',
      message: 'the first line names columns',
      expected,
      found,
    })),
    ...twice.map((found) => ({ ...at, rule: 'duplicate-id', message: `column ${found} is there twice` })),
    ...[...(columns.includes('id') ? [] : ['id']), ...halfNamed(known, columns)].map((column) => ({
      ...at,
      rule: 'missing-field',
      message: `column ${column} is missing`,
    })),
  ];
}

/** Of a field with fields of its own all are named, or none: a person's power would become his office's, or an appointment endless, by a column left out. */
function halfNamed(known: readonly string[], columns: readonly string[]): string[] {
  const named = new Set(columns.filter((column) => column.includes('.')).map((column) => column.split('.')[0]));
  return known.filter((column) => column.includes('.') && named.has(column.split('.')[0]) && !columns.includes(column));
}

/** Rows become records, each value remembered with its place. */
class Gathering {
  readonly problems: Problem[] = [];
  readonly #records: { [field: string]: unknown; appointments?: object[] }[] = [];
  readonly #byId = new Map<string, number>();
  readonly #places = new Map<string, { line: number; column: number; cell?: string }>();
  readonly #kind: ImportedKind;
  readonly #columns: readonly string[];
  readonly #file: string;

  constructor(kind: ImportedKind, columns: readonly string[], file: string) {
    this.#kind = kind;
    this.#columns = columns;
    this.#file = file;
  }

  add({ line, cells }: Row): void {
    if (cells.length > this.#columns.length) {
      const expected = `${this.#columns.length} cells, as in the first line`;
      const found = String(cells.length);
      this.problems.push({
        ...{ file: this.#file, line, column: this.#columns.length + 1, path: '' },
        ...{ rule: 'bad-csv', message: 'the row is too long', expected, found },
      });
      return;
    }
    const filled = this.#columns.map((name, index) => {
      const cell = (cells[index] ?? '').normalize('NFC').trim();
      return { name, cell, value: valueOf(cell, COLUMNS[this.#kind][name]), line, column: index + 1 };
    });
    const [own, appointment] = [false, true].map((wanted) =>
      filled.filter(({ name }) => name.startsWith(APPOINTMENT) === wanted),
    );
    const at = this.#recordOf(own ?? [], line);
    if (appointment?.some(({ cell }) => cell !== '')) this.#appoint(at, appointment);
  }

  /** The place of the row's record in the list. A further row of an official adds an appointment, and says nothing else of him than the first. */
  #recordOf(own: readonly Cell[], line: number): number {
    const id = own.find(({ name }) => name === 'id')?.cell ?? '';
    const known = this.#kind === 'official' ? this.#byId.get(id) : undefined;
    if (known !== undefined) {
      for (const cell of own) this.#sameAs(known, cell);
      return known;
    }
    const at = this.#records.length;
    this.#byId.set(id, at);
    this.#records.push(this.#kind === 'official' ? { appointments: [] } : {});
    this.#places.set(dotted([at]), { line, column: 1 });
    for (const cell of own) this.#set(this.#records[at] ?? {}, [at], cell);
    return at;
  }

  #sameAs(at: number, { name, cell, line, column }: Cell): void {
    const path = dotted([at, name]);
    const first = this.#places.get(path);
    if (cell === '' || cell === first?.cell) return;
    const message = `another ${name} than in line ${first?.line ?? this.#places.get(dotted([at]))?.line ?? 1}`;
    const place = { file: this.#file, line, column, path };
    this.problems.push({ ...place, rule: 'bad-value', message, expected: first?.cell ?? 'an empty cell', found: cell });
  }

  #appoint(at: number, cells: readonly Cell[]): void {
    const appointments = this.#records[at]?.appointments ?? [];
    const path = [at, 'appointments', appointments.length];
    const added = {};
    appointments.push(added);
    this.#places.set(dotted(path), { line: cells[0]?.line ?? 1, column: 1 });
    for (const cell of cells) this.#set(added, path, { ...cell, name: cell.name.slice(APPOINTMENT.length) });
  }

  #set(target: Record<string, unknown>, at: readonly PropertyKey[], { name, value, cell, line, column }: Cell): void {
    if (value === undefined) return;
    const [field = '', inner] = name.split('.');
    target[field] = inner === undefined ? value : { ...(target[field] as object | undefined), [inner]: value };
    this.#places.set(dotted([...at, ...name.split('.')]), { line, column, cell });
  }

  document(): Document {
    const said = new Set(this.#columns.map((name) => name.split('.')[0] ?? name));
    return {
      value: this.#records,
      unsaid: Object.keys(IMPORTED[this.#kind].shape).filter((field) => !said.has(field)),
      locate: (path) => {
        const around = path.map((_, index) => this.#places.get(dotted(path.slice(0, path.length - index))));
        const { line, column } = around.find((place) => place !== undefined) ?? { line: 1, column: 1 };
        return { file: this.#file, line, column, path: dotted(path) };
      },
      written: (path) => this.#places.get(dotted(path))?.cell,
      parts: this.#places.size,
    };
  }
}

interface Cell {
  name: string;
  /** As written, without spaces around it, in normal form C. */
  cell: string;
  value: unknown;
  line: number;
  column: number;
}

function valueOf(cell: string, form: Form = 'text'): unknown {
  if (cell === '') return EMPTY[form];
  return form === 'list' || form === 'list-if-any' ? cell.split(/[\s,;]+/).filter((each) => each !== '') : cell;
}
