import * as z from 'zod';
import { canonical, sha256 } from '../../domain/chain.ts';
import type { SignedContainerProof } from '../../domain/ports/evidence-tools.ts';
import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { aboutView } from '../dossiers/view.ts';
import { lineOf, type Opened, readCanonical } from './findings.ts';
import { PATHS } from './layout.ts';

interface SealedContainer {
  path: string;
  seq: number;
  sealed: EventData<'IssueSealed'>;
}

/** Of a container whose signatures hold: in it lies what was drawn for this copy, its data speak of this dossier's paper as the record stood then, and it goes out under the unit and number of the record. */
export function checkContainer(
  opened: Opened,
  events: readonly DossierEvent[],
  paper: SealedContainer,
  proof: SignedContainerProof,
): void {
  checkContent(opened, draftedBefore(events, paper), paper, proof.files);
  checkPlace(opened, events, paper, proof.files);
  checkRegistration(opened, events, paper, proof);
}

/** The organisation's signature is the last, and alone says unit and number. Its place and date stand nowhere in the record. */
function checkRegistration(
  { findings }: Opened,
  events: readonly DossierEvent[],
  { path, seq, sealed: { issue, copy, unit } }: SealedContainer,
  { registrations }: SignedContainerProof,
): void {
  const last = registrations.at(-1);
  if (last === undefined) {
    findings.add(path, 'wrong-content', `unit ${unit ?? 'none'} and number in the last signature`, 'none');
    return;
  }
  if (last.unit !== unit) findings.add(path, 'wrong-content', `unit ${unit ?? 'none'}`, `unit ${last.unit}`);
  const number = events.findLast(
    (event) =>
      event.type === 'NumberTaken' && event.seq < seq && event.data.issue === issue && event.data.copy === copy,
  );
  // Without a register the line is the template's own.
  if (number?.type === 'NumberTaken' && !names(last.number, number.data.text))
    findings.add(path, 'wrong-content', `number ${number.data.text}`, last.number);
}

/** Whether a line such as `Số: 02/KS-UBND` names this number, and not one of which it is a part. */
function names(line: string, number: string): boolean {
  const before = line.indexOf(number);
  if (before === -1) return false;
  const around = [line.slice(0, before), line.slice(before + number.length)] as const;
  return !/[\p{L}\p{N}/-]$/u.test(around[0]) && !/^[\p{L}\p{N}/-]/u.test(around[1]);
}

/** As `make-paper` writes them. What stood beside it would be said by nobody's record. */
const Contained = z.strictObject({
  issue: z.string(),
  drafted: z.string(),
  dossier: z.string(),
  procedure: z.string(),
  code: z.string().nullable(),
  head: z.string(),
  content: z.record(z.string(), z.unknown()),
});

type Content = Readonly<Record<string, unknown>>;
type Drafted = Extract<DossierEvent, { type: 'IssueDrafted' }>;

function draftedBefore(
  events: readonly DossierEvent[],
  { seq, sealed: { issue, copy } }: SealedContainer,
): Drafted | undefined {
  return events
    .flatMap((event) => (event.type === 'IssueDrafted' && event.seq < seq ? [event] : []))
    .findLast(({ data }) => data.issue === issue && data.copy === copy);
}

function dataIn(inside: ReadonlyMap<string, Uint8Array>, issue: string): z.infer<typeof Contained> | undefined {
  return Contained.safeParse(readCanonical(inside.get(`${issue}.json`) ?? Buffer.alloc(0), canonical)).data;
}

/** Data name the head that the draft was made upon, the code that the dossier had there, and the parties and facts of its record. What is committed together has one instant. */
function checkPlace(
  opened: Opened,
  events: readonly DossierEvent[],
  paper: SealedContainer,
  inside: ReadonlyMap<string, Uint8Array>,
): void {
  const { findings } = opened;
  const data = dataIn(inside, paper.sealed.issue);
  const drafted = draftedBefore(events, paper);
  if (!data || !drafted) return;
  const after = events.filter(({ seq, at }) => seq <= drafted.seq && at === drafted.at);
  const first = after.find(({ prev }) => prev === data.head);
  if (!first) {
    findings.add(paper.path, 'wrong-content', `the head before ${lineOf(drafted.seq)}`, data.head);
    return;
  }
  const assigned = events.findLast(({ seq, type }) => type === 'CodeAssigned' && seq < first.seq);
  const code = assigned?.type === 'CodeAssigned' ? assigned.data.code : null;
  if (data.code !== code) findings.add(paper.path, 'wrong-content', `code ${code ?? 'none'}`, data.code ?? 'none');
  const said = contentAt(opened, events, first.seq);
  // Which of them, and never what they say.
  for (const name of new Set([...Object.keys(said), ...Object.keys(data.content)]))
    if (undated(name, said[name]) !== undated(name, data.content[name]))
      findings.add(paper.path, 'wrong-content', `${name} as in the record before ${lineOf(first.seq)}`, 'others');
}

/** Parties and facts as the record's secrets have them where this event follows, and the earlier result that the dossier is about. */
function contentAt({ files }: Opened, events: readonly DossierEvent[], before: number): Content {
  const revised = events.findLast(({ seq, data }) => seq < before && 'revises' in data && data.revises)?.seq ?? 1;
  const of = (seq: number, name: string): unknown => {
    const secret = readCanonical(files.get(PATHS.secret(seq)) ?? Buffer.alloc(0), canonical);
    return (secret as Content | undefined)?.[name] ?? {};
  };
  const [first] = events;
  const about = first?.type === 'DossierSubmitted' ? first.data.about : undefined;
  const day = (): string => '';
  return { parties: of(1, 'parties'), facts: of(revised, 'facts'), ...(about && { about: aboutView(about, day) }) };
}

/** The days of signing are told by the unit's calendar, which the record does not hold. */
function undated(name: string, value: unknown): string {
  if (name !== 'about') return canonical(value ?? null);
  const text = JSON.stringify(value ?? null, (key, each: unknown) => (key === 'signedAt' ? undefined : each));
  return canonical(JSON.parse(text));
}

function checkContent(
  { findings, manifest }: Opened,
  drafted: Drafted | undefined,
  { path, sealed: { issue } }: SealedContainer,
  inside: ReadonlyMap<string, Uint8Array>,
): void {
  const readable = inside.get(`${issue}.pdf`);
  const expected = drafted?.data.readable ?? 'none';
  const found = readable ? sha256(readable) : 'none';
  if (found !== expected) findings.add(path, 'wrong-content', expected, found);
  const data = dataIn(inside, issue);
  const speaks = data ? `${data.issue} of ${data.dossier} under ${data.procedure}` : 'nothing';
  const should = `${issue} of ${manifest.dossier} under ${manifest.procedure.id}@${manifest.procedure.version}`;
  if (speaks !== should) findings.add(path, 'wrong-content', should, speaks);
  if (inside.size !== 2) findings.add(path, 'wrong-content', '2 files', `${inside.size} files`);
}
