import { Kept } from '../../domain/kept.ts';
import type { PrintFault } from '../../domain/ports/papers.ts';
import type { Procedure } from '../../schemas/procedure.ts';
import { trackingAddress } from '../dossiers/codes.ts';
import { readDocument, writeDocument } from '../dossiers/documents.ts';
import { printMarkOf } from '../dossiers/paper-mark.ts';
import type { Loaded } from '../runtime/dossier-cache.ts';
import type { Platform } from '../runtime/platform.ts';

/** A copy of a paper that carries files, as it was sealed. */
export interface PaperWithFiles {
  issue: string;
  copy: number;
  /** Digest of what was sealed. */
  document: string;
  number: string | null;
}

export type MadePrint = { ok: true; document: string } | { ok: false; fault: PrintFault; file: string };

const MOST_KEPT = 256;
/** Where the print of a paper is, by the paper's digest: it costs up to seconds, and is the same each time. */
const made = new Kept<Promise<MadePrint>>(MOST_KEPT);

/** Whether the PDF of an issue is one thing and its print another, which has the pages of the files that it carries. */
export function hasPrint({ issues }: Procedure, issue: string): boolean {
  return issues?.[issue]?.encloses !== undefined;
}

/** Makes the print of a paper and keeps it with the dossier; answers its digest. It is no part of the record: it can be made again from what was sealed. */
export async function makePrint(
  platform: Platform,
  loaded: Loaded,
  procedure: Procedure,
  paper: PaperWithFiles,
): Promise<MadePrint> {
  const key = `${loaded.dossier.id} ${paper.document}`;
  try {
    return await made.of(key, () => draw(platform, loaded, procedure, paper));
  } catch (error) {
    made.forget(key);
    throw error;
  }
}

async function draw(
  platform: Platform,
  loaded: Loaded,
  procedure: Procedure,
  { issue, copy, document, number }: PaperWithFiles,
): Promise<MadePrint> {
  const { dossier, key } = loaded;
  const bytes = await readDocument(platform, loaded, document);
  if (!bytes) throw new Error(`document ${document}: expected its content`);
  const code = dossier.code ?? dossier.reference;
  const titles = procedure.issues?.[issue]?.title ?? {};
  const print = await platform.papers.print(bytes, {
    link: trackingAddress(platform.config.publicUrl, code, printMarkOf(key, { issue, copy })),
    code,
    number,
    title: titles['vi'] ?? Object.values(titles)[0] ?? issue,
    lang: 'vi',
  });
  if (!print.ok) return { ok: false, fault: print.fault, file: print.file };
  return { ok: true, document: await writeDocument(platform, { id: dossier.id, key }, print.pdf) };
}
