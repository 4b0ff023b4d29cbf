import { inflateSync } from 'node:zlib';
import { collect, createBlankDocument } from './draw-document.ts';
import { Unprintable } from './print-fault.ts';

const MOST_PIXELS = 40_000_000;
/** Bytes of a PNG: as many pixels of three colours and their transparency with a byte each, and a byte more for each row. */
const MOST_UNPACKED = 161_000_000;
/** The longer side of A4, in points. */
const LONGEST = 842;

/** A page that is one JPEG or PNG, as large as A4 at most and a pixel a point at most. Throws `Unprintable`, or an `Error` for what is no picture. */
export async function pictureAsPage(picture: Uint8Array, mediaType: string): Promise<Uint8Array> {
  if (mediaType === 'image/png') checkPng(picture);
  const document = createBlankDocument({ width: 1, height: 1 }, 0);
  const image = (document as unknown as { openImage(src: Buffer): Opened }).openImage(Buffer.from(picture));
  const isTurned = image.orientation !== undefined && image.orientation > 4;
  const [width, height] = isTurned ? [image.height, image.width] : [image.width, image.height];
  if (!(width > 0 && height > 0)) throw new Error('expected a picture with a size');
  if (width * height > MOST_PIXELS) throw new Unprintable('too-large', `at most ${MOST_PIXELS} pixels`);
  const scale = Math.min(1, LONGEST / Math.max(width, height));
  const size = { width: Math.max(1, width * scale), height: Math.max(1, height * scale) };
  const page = createBlankDocument(size, 0);
  return collect(page, () => page.image(Buffer.from(picture), 0, 0, size));
}

interface Opened {
  width: number;
  height: number;
  /** As a camera writes it: from 5 on, it is turned by a right angle. */
  orientation?: number;
}

const SIGNATURE_LENGTH = 8;
/** Samples of a pixel by its kind of colour (ISO/IEC 15948 table 11.1). */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** That it unpacks to what its head says, before anything unpacks it. */
function checkPng(png: Uint8Array): void {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.length);
  const data: Buffer[] = [];
  for (let at = SIGNATURE_LENGTH; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (at + 12 + length > bytes.length) throw new Error('expected a whole PNG');
    if (type === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  if (width * height > MOST_PIXELS) throw new Unprintable('too-large', `at most ${MOST_PIXELS} pixels`);
  const depth = bytes[24] ?? 0;
  const samples = SAMPLES[bytes[25] ?? -1];
  if (samples === undefined || depth > 16) throw new Error('expected a PNG with its kind of colour');
  // Interlaced it has seven pictures, each with rows of its own.
  const rows = height * (1 + Math.ceil((width * samples * depth) / 8)) + 7 * (height + 16);
  if (rows > MOST_UNPACKED) throw new Unprintable('too-large', `at most ${MOST_UNPACKED} bytes unpacked`);
  inflateSync(Buffer.concat(data), { maxOutputLength: rows });
}
