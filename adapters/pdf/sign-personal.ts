import { Temporal } from 'temporal-polyfill';
import { drawAppearance, type Appearance } from './appearance.ts';
import { bundledFonts, type Fonts } from './fonts.ts';
import { prepareFor, prepareRevision, type PreparedRevision, type PreparedSignature } from './signature-container.ts';
import { personalField } from './signature-fields.ts';

export interface PersonalSignature {
  /** Names the prepared field. */
  role: string;
  /** DER, the official's own first. */
  certificateChain: readonly Uint8Array[];
  /** As printed under the signature. */
  name: string;
  /** In what capacity, one line each: `KT. CHỦ TỊCH`, `PHÓ CHỦ TỊCH` (Decree 30/2020 art. 13). */
  capacity: readonly string[];
  agency: string;
  /** Milliseconds since the epoch. */
  at: number;
  lang: string;
  timeZone: string;
  fonts?: Fonts;
}

/**
 * Prepares an official's signature: capacity, who, when and name are shown in the field of the role.
 * Same inputs, same bytes: show `toBeSigned` to the official, and make it again when the value comes.
 */
export async function preparePersonal(pdf: Uint8Array, signature: PersonalSignature): Promise<PreparedSignature> {
  const { role, certificateChain } = signature;
  return prepareFor(await preparePersonalRevision(pdf, signature), { field: personalField(role), certificateChain });
}

/** The same for whoever's certificate it will be. */
export function preparePersonalRevision(
  pdf: Uint8Array,
  signature: Omit<PersonalSignature, 'certificateChain'>,
): Promise<PreparedRevision> {
  return prepareRevision(pdf, {
    field: personalField(signature.role),
    at: signature.at,
    draw: (place) => drawPersonal(signature, place),
  });
}

const words = {
  vi: { by: 'Người ký', agency: 'Cơ quan', at: 'Thời gian ký' },
  en: { by: 'Signed by', agency: 'Agency', at: 'Time' },
  et: { by: 'Allkirjastaja', agency: 'Asutus', at: 'Allkirjastamise aeg' },
  ro: { by: 'Semnat de', agency: 'Autoritatea', at: 'Ora semnării' },
} as const;

function isWorded(lang: string): lang is keyof typeof words {
  return Object.hasOwn(words, lang);
}

function drawPersonal(
  signature: Omit<PersonalSignature, 'certificateChain'>,
  place: { width: number; height: number; first: number },
): Promise<Appearance> {
  const word = words[isWorded(signature.lang) ? signature.lang : 'en'];
  const centred = { width: place.width, align: 'center' } as const;
  return drawAppearance({ ...place, at: signature.at, fonts: signature.fonts ?? bundledFonts() }, (document) => {
    document.font('bold').fontSize(13);
    signature.capacity.forEach((line, i) => document.text(nfc(line), 0, 2 + i * 16, centred));
    const lines = [
      `${word.by}: ${signature.name}`,
      `${word.agency}: ${signature.agency}`,
      `${word.at}: ${writeTime(signature.at, signature.timeZone)}`,
    ];
    drawProof(document, nfc(lines.join('\n')), {
      top: 8 + signature.capacity.length * 16,
      bottom: place.height - 24,
      width: place.width,
    });
    document
      .fillColor('black')
      .font('bold')
      .fontSize(13)
      .text(nfc(signature.name), 0, place.height - 18, centred);
  });
}

/** Who, for whom and when, in a frame between capacity and name. */
function drawProof(
  document: PDFKit.PDFDocument,
  text: string,
  { top, bottom, width }: { top: number; bottom: number; width: number },
): void {
  const inset = 8;
  const options = { width: width - 2 * inset - 10, lineGap: 1 };
  document.font('regular').fontSize(9);
  const height = Math.min(document.heightOfString(text, options), bottom - top - 8);
  const y = top + (bottom - top - height - 8) / 2;
  document
    .rect(inset, y, width - 2 * inset, height + 8)
    .lineWidth(0.6)
    .stroke('#1b5e20');
  document.fillColor('#1b5e20').text(text, inset + 5, y + 5, { ...options, height, ellipsis: true });
}

/** `23/11/2026 17:00:00 +07:00`, as Decree 30/2020, Annex I, part II, 7 asks of a signature's time. */
export function writeTime(at: number, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(local.day)}/${two(local.month)}/${local.year} ${two(local.hour)}:${two(local.minute)}:${two(local.second)} ${local.offset}`;
}

function nfc(text: string): string {
  return text.normalize('NFC');
}
