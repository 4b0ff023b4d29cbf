import type { DocumentNeed } from '../../schemas/procedure/papers.ts';
import { signedSample } from './signed-sample.ts';

const PDF = 'application/pdf';

/** How a file of each type begins. */
const BEGINNINGS: Readonly<Record<string, string>> = {
  'application/pdf': '%PDF-1.7\n',
  'image/png': '\u0089PNG\r\n\u001a\n',
  'image/jpeg': '\u00ff\u00d8\u00ff',
  'application/zip': 'PK\u0003\u0004',
  'application/xml': '<?xml version="1.0"?>',
};

/** A file as a story hands it in: of a type that the procedure takes, with a text of its own, and signed where it is handed in as that. */
export function sampleFile(
  need: Pick<DocumentNeed, 'media'> | undefined,
  { how, text }: { how: string; text: string },
): { mediaType: string; bytes: Uint8Array } {
  if (how === 'signed') return { mediaType: PDF, bytes: signedSample(text) };
  const mediaType = need?.media?.[0] ?? PDF;
  return { mediaType, bytes: beginningOf(mediaType, text) };
}

/** Bytes that are of this type as far as anybody looks. */
function beginningOf(mediaType: string, text: string): Uint8Array {
  const content = mediaType === 'application/json' ? JSON.stringify([text]) : text;
  return Buffer.concat([Buffer.from(BEGINNINGS[mediaType] ?? '', 'latin1'), Buffer.from(content)]);
}

/** What a story says of a classified document. */
export function sampleReference(component: string): { number: string; dated: string; keptBy: string } {
  return { number: '07/TMT', dated: '2026-10-01', keptBy: `Nơi giữ ${component}` };
}
