import { Temporal } from 'temporal-polyfill';
import { drawAppearance, type Appearance } from './appearance.ts';
import { bundledFonts, type Fonts } from './fonts.ts';
import { prepareSignature, type PreparedSignature } from './signature-container.ts';
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
  return prepareSignature(pdf, {
    field: personalField(signature.role),
    certificateChain: signature.certificateChain,
    at: signature.at,
    draw: (place) => drawPersonal(signature, place),
  });
}

const words = {
  vi: { by: 'Người ký', agency: 'Cơ quan', at: 'Thời gian ký' },
  en: { by: 'Signed by', agency: 'Agency', at: 'Time' },
} as const;

function drawPersonal(
  signature: PersonalSignature,
  place: { width: number; height: number; first: number },
): Promise<Appearance> {
  const word = signature.lang === 'vi' ? words.vi : words.en;
  const centred = { width: place.width, align: 'center' } as const;
  return drawAppearance({ ...place, at: signature.at, fonts: signature.fonts ?? bundledFonts() }, (document) => {
    document.font('bold').fontSize(13);
    signature.capacity.forEach((line, i) => document.text(nfc(line), 0, 2 + i * 16, centred));
    const top = 2 + signature.capacity.length * 16 + 6;
    const [bottom, inset] = [place.height - 24, 12];
    document
      .rect(inset, top, place.width - 2 * inset, bottom - top)
      .lineWidth(0.6)
      .stroke('#1b5e20');
    document.font('regular').fontSize(8.5).fillColor('#1b5e20');
    const lines = [
      `${word.by}: ${signature.name}`,
      `${word.agency}: ${signature.agency}`,
      `${word.at}: ${writeTime(signature.at, signature.timeZone)}`,
    ];
    document.text(nfc(lines.join('\n')), inset + 5, top + 4, {
      width: place.width - 2 * inset - 10,
      height: bottom - top - 6,
      ellipsis: true,
    });
    document
      .fillColor('black')
      .font('bold')
      .fontSize(13)
      .text(nfc(signature.name), 0, place.height - 18, centred);
  });
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
