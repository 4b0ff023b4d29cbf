import type { Seal } from '../../domain/ports/signing.ts';
import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { drawAppearance, type Appearance } from './appearance.ts';
import { bundledFonts, type Fonts } from './fonts.ts';
import { writeTime } from './sign-personal.ts';
import { prepareSignature } from './signature-container.ts';
import { organisationField } from './signature-fields.ts';
import { verifyPdf, type TrustAnchors } from './verify-pdf.ts';

export interface SealRequest {
  seal: Seal;
  timestamps: TimestampAuthority;
  /** From `fillOrganisation`. */
  shown: { number: string; place: string };
  agency: string;
  /** Milliseconds since the epoch. */
  at: number;
  lang: string;
  timeZone: string;
  /**
   * By what right the organisation signs: over valid personal signatures in all prepared fields, judged against this trust
   * (Decree 30/2020 art. 32(2)(d)), or by a law that lets the document be issued automatically.
   */
  authority: { personalSignatures: TrustAnchors } | { automatic: string };
  fonts?: Fonts;
}

export type SealRefusal =
  /** A person has yet to sign, or the document has no place for a person and no law allows it without. */
  | { code: 'personal-signature-missing'; fields: string[] }
  /** A signature is there and does not hold. */
  | { code: 'personal-signature-invalid'; fields: string[]; problems: string[] };

export type Sealed = { ok: true; pdf: Uint8Array; signedAt: number } | { ok: false; refusal: SealRefusal };

/** Applies the organisation's signature with number, place and date, and a time-stamp: PAdES B-T over the whole document. */
export async function sealPdf(pdf: Uint8Array, request: SealRequest): Promise<Sealed> {
  const refusal = refusalOf(pdf, request.authority);
  if (refusal !== undefined) return { ok: false, refusal };
  const prepared = await prepareSignature(pdf, {
    field: organisationField,
    certificateChain: await request.seal.certificateChain(),
    at: request.at,
    reason: 'automatic' in request.authority ? request.authority.automatic : undefined,
    draw: (place) => drawSeal(request, place),
  });
  const value = await request.seal.sign(prepared.signedAttributes);
  const { token, time } = await request.timestamps.stamp(prepared.timestampDigest(value));
  return { ok: true, pdf: prepared.finish(value, token), signedAt: time };
}

function refusalOf(pdf: Uint8Array, authority: SealRequest['authority']): SealRefusal | undefined {
  const trust = 'automatic' in authority ? { anchors: [] } : authority.personalSignatures;
  const { signatures, unsigned, problems } = verifyPdf(pdf, trust);
  const missing = unsigned.filter((field) => field !== organisationField);
  if (missing.length > 0) return { code: 'personal-signature-missing', fields: missing };
  if (signatures.length === 0)
    return 'automatic' in authority ? undefined : { code: 'personal-signature-missing', fields: [] };
  const wrong = signatures.filter(({ valid }) => !valid);
  const all = [...problems, ...wrong.flatMap((signature) => signature.problems)];
  return all.length === 0
    ? undefined
    : { code: 'personal-signature-invalid', fields: wrong.map(({ field }) => field), problems: all };
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['vi', 'Chữ ký số của cơ quan'],
  ['et', 'Asutuse e-tempel'],
  ['ro', 'Semnătura electronică a autorității'],
]);

/** Number under the agency, place and date under the national title, and in small who signed and when. */
function drawSeal(request: SealRequest, place: { width: number; height: number; first: number }): Promise<Appearance> {
  const split = place.width * 0.41;
  const word = WORDS.get(request.lang) ?? 'Signed by the organisation';
  return drawAppearance({ ...place, at: request.at, fonts: request.fonts ?? bundledFonts() }, (document) => {
    document
      .font('regular')
      .fontSize(13)
      .text(request.shown.number.normalize('NFC'), 0, 3, { width: split, align: 'center' });
    document
      .font('italic')
      .fontSize(13)
      .text(request.shown.place.normalize('NFC'), split, 3, { width: place.width - split, align: 'center' });
    const line = `${word}: ${request.agency}, ${writeTime(request.at, request.timeZone)}`;
    document.font('regular').fontSize(8).fillColor('#b71c1c');
    document.text(line.normalize('NFC'), 0, place.height - 12, {
      width: place.width,
      height: 11,
      align: 'center',
      ellipsis: true,
    });
  });
}
