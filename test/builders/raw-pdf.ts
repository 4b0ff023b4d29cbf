import { deflateSync } from 'node:zlib';

/** What stands between `obj` and `endobj`, by object number. The catalogue is 1. */
export type RawObjects = Readonly<Record<number, string | Buffer>>;

/** A stream with its length; packed, if it is to be. */
export function stream(content: string | Buffer, { entries = '', packed = false } = {}): Buffer {
  const plain = Buffer.from(content as string, 'latin1');
  const data = packed ? deflateSync(plain) : plain;
  const filter = packed ? ' /Filter /FlateDecode' : '';
  return Buffer.concat([
    Buffer.from(`<< ${entries} /Length ${data.length}${filter} >>\nstream\n`, 'latin1'),
    data,
    Buffer.from('\nendstream'),
  ]);
}

/** A PDF with a table, as it would be written by hand. */
export function rawPdf(objects: RawObjects, trailer = ''): Buffer {
  const { parts, offsets, end } = written(objects);
  const size = Math.max(...Object.keys(objects).map(Number)) + 1;
  const lines = Array.from({ length: size }, (_, number) => {
    const offset = offsets.get(number);
    return offset === undefined ? '0000000000 65535 f ' : `${String(offset).padStart(10, '0')} 00000 n `;
  });
  const table = `xref\n0 ${size}\n${lines.join('\n')}\ntrailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\n`;
  return Buffer.concat([...parts, Buffer.from(`${table}startxref\n${end}\n%%EOF\n`)]);
}

/** The same as programs of today write it: all objects that are no streams in one that is packed, and the table a stream with predictors. */
export function packedPdf(objects: RawObjects): Buffer {
  const entries = Object.entries(objects).map(([number, value]) => [Number(number), value] as const);
  const inside = entries.filter((entry): entry is readonly [number, string] => typeof entry[1] === 'string');
  const outside = entries.filter(([, value]) => typeof value !== 'string');
  const holder = Math.max(...entries.map(([number]) => number)) + 1;
  let at = 0;
  const places = inside.map(([number, value]) => {
    const place = `${number} ${at}`;
    at += value.length + 1;
    return place;
  });
  const head = `${places.join(' ')}\n`;
  const held = stream(head + inside.map(([, value]) => value).join('\n'), {
    entries: `/Type /ObjStm /N ${inside.length} /First ${head.length}`,
    packed: true,
  });
  const { parts, offsets, end } = written(Object.fromEntries([...outside, [holder, held]]));
  const size = holder + 2;
  const rows = Array.from({ length: size }, (_, number) => {
    const index = inside.findIndex(([each]) => each === number);
    if (index >= 0) return [2, holder >> 8, holder & 255, index];
    const offset = number === size - 1 ? end : offsets.get(number);
    return offset === undefined ? [0, 0, 0, 0] : [1, offset >> 8, offset & 255, 0];
  });
  const predicted = rows.map((row, i) => [
    2,
    ...row.map((byte, column) => (byte - (rows[i - 1]?.[column] ?? 0)) & 255),
  ]);
  const table = stream(Buffer.from(predicted.flat()), {
    entries: `/Type /XRef /W [1 2 1] /Size ${size} /Root 1 0 R /DecodeParms << /Predictor 12 /Columns 4 >>`,
    packed: true,
  });
  const last = [Buffer.from(`${size - 1} 0 obj\n`), table, Buffer.from(`\nendobj\nstartxref\n${end}\n%%EOF\n`)];
  return Buffer.concat([...parts, ...last]);
}

function written(objects: RawObjects): { parts: Buffer[]; offsets: Map<number, number>; end: number } {
  const parts = [Buffer.from('%PDF-1.7\n')];
  const offsets = new Map<number, number>();
  let end = parts[0]?.length ?? 0;
  for (const [number, value] of Object.entries(objects)) {
    offsets.set(Number(number), end);
    const part = Buffer.concat([
      Buffer.from(`${number} 0 obj\n`),
      Buffer.from(value as string, 'latin1'),
      Buffer.from('\nendobj\n'),
    ]);
    parts.push(part);
    end += part.length;
  }
  return { parts, offsets, end };
}

/** Pages that each say something, in black on a grey ground; all of them have their font from the tree. */
export function pagesSaying(texts: readonly string[], more: (page: number) => string = () => ''): RawObjects {
  const kids = texts.map((_, i) => `${10 + 2 * i} 0 R`).join(' ');
  return {
    1: '<< /Type /Catalog /Pages 2 0 R >>',
    2: `<< /Type /Pages /Kids [${kids}] /Count ${texts.length} /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>`,
    3: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
    ...Object.fromEntries<string | Buffer>(
      texts.flatMap((text, i): [number, string | Buffer][] => [
        [10 + 2 * i, `<< /Type /Page /Parent 2 0 R /Contents ${11 + 2 * i} 0 R ${more(i)} >>`],
        [11 + 2 * i, stream(`0.9 g 0 0 2000 2000 re f 0 g BT /F1 40 Tf 40 400 Td (${text}) Tj ET`, { packed: true })],
      ]),
    ),
  };
}
