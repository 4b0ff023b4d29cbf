import * as z from 'zod';
import { canonical, sha256 } from '../../domain/chain.ts';
import type { SignedContainerProof } from '../../domain/ports/evidence-tools.ts';
import type { DossierEvent, EventData } from '../../schemas/events.ts';
import { type Opened, readCanonical } from './findings.ts';

interface SealedContainer {
  path: string;
  seq: number;
  sealed: EventData<'IssueSealed'>;
}

/** Of a container whose signatures hold: in it lies what was drawn for this copy, its data speak of this dossier's paper, and it goes out under the unit and number of the record. */
export function checkContainer(
  opened: Opened,
  events: readonly DossierEvent[],
  paper: SealedContainer,
  proof: SignedContainerProof,
): void {
  checkContent(opened, events, paper, proof.files);
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

const Contained = z.looseObject({ issue: z.string(), dossier: z.string(), procedure: z.string() });

function checkContent(
  { findings, manifest }: Opened,
  events: readonly DossierEvent[],
  { path, sealed: { issue, copy } }: SealedContainer,
  inside: ReadonlyMap<string, Uint8Array>,
): void {
  const drafted = events.flatMap((event) =>
    event.type === 'IssueDrafted' && event.data.issue === issue && event.data.copy === copy ? [event.data] : [],
  );
  const readable = inside.get(`${issue}.pdf`);
  const expected = drafted.at(-1)?.readable ?? 'none';
  const found = readable ? sha256(readable) : 'none';
  if (found !== expected) findings.add(path, 'wrong-content', expected, found);
  const data = Contained.safeParse(readCanonical(inside.get(`${issue}.json`) ?? Buffer.alloc(0), canonical));
  const speaks = data.success ? `${data.data.issue} of ${data.data.dossier} under ${data.data.procedure}` : 'nothing';
  const should = `${issue} of ${manifest.dossier} under ${manifest.procedure.id}@${manifest.procedure.version}`;
  if (speaks !== should) findings.add(path, 'wrong-content', should, speaks);
  if (inside.size !== 2) findings.add(path, 'wrong-content', '2 files', `${inside.size} files`);
}
