import { deflateSync } from 'node:zlib';
import { pagesOf } from '../../../adapters/pdf/foreign-pages.ts';
import { readForeign } from '../../../adapters/pdf/foreign-pdf.ts';
import { isDictionary, isStream, type PdfValue } from '../../../adapters/pdf/pdf-syntax.ts';
import { printPaper } from '../../../adapters/pdf/print-paper.ts';
import { renderPdf } from '../../../adapters/pdf/render-pdf.ts';
import type { EnclosedFile, Print } from '../../../domain/ports/papers.ts';
import { packedPdf, pagesSaying, rawPdf, type RawObjects, stream } from '../../builders/raw-pdf.ts';
import { buildTemplate, certificateData, timeZone } from '../../builders/signed-documents.ts';

const REQUEST = {
  link: 'https://onetrack.test/console/track?code=H26.12-261123-0001&mark=AAAAAAAAAAAAAAAAAAAAAA',
  code: 'H26.12-261123-0001',
  number: '12/SCT-CT',
  title: 'Bản sao',
  lang: 'vi',
};

async function printOf(content: Uint8Array, mediaType = 'application/pdf', name = 'scan.pdf'): Promise<Print> {
  const enclosed: EnclosedFile[] = [{ name, title: 'Bản chụp', mediaType, content }];
  const how = { template: buildTemplate(), data: certificateData, lang: 'vi', timeZone, createdAt: 0, id: 'x' };
  return printPaper(await renderPdf({ ...how, enclosed }), REQUEST);
}

interface Sheet {
  size: number[];
  /** What the sheet draws, in order: by which matrix, and the operators of the form. */
  drawn: { at: number[]; operators: string; box: PdfValue | undefined }[];
}

/** The sheets of a print, as their bytes say. */
async function sheetsOf(print: Promise<Print>): Promise<Sheet[]> {
  const made = await print;
  if (!made.ok) throw new Error(`expected a print, got ${made.fault}: ${made.problem}`);
  const file = readForeign(made.pdf);
  return pagesOf(file).map(({ box, content, resources }) => {
    const forms = file.resolve(resources.get('XObject'));
    const text = Buffer.from(file.unpack(content)).toString('latin1');
    return {
      size: [box.right - box.left, box.top - box.bottom].map(Math.round),
      drawn: [...text.matchAll(/q\s+([-\d. ]+) cm(?:\s+[-\d. ]+ re W n)?\s+\/(F\d+) Do/g)].map(
        ([, at = '', name = '']) => {
          const form = isDictionary(forms) ? file.resolve(forms.get(name)) : undefined;
          if (!isStream(form)) throw new Error(`expected a form ${name}`);
          const operators = Buffer.from(file.unpack(form)).toString('latin1');
          return { at: at.split(' ').map(Number), operators, box: form.dictionary.get('BBox') };
        },
      ),
    };
  });
}

const faultOf = async (content: Uint8Array, mediaType?: string): Promise<string> => {
  const print = await printOf(content, mediaType);
  return print.ok ? 'printed' : print.fault;
};

/** Where a point of a page lands on its sheet. */
function landed([a = 0, b = 0, c = 0, d = 0, e = 0, f = 0]: number[], [x, y]: readonly [number, number]): number[] {
  return [a * x + c * y + e, b * x + d * y + f].map(Math.round);
}

it('puts the pages of the paper and of its file on sheets of A4, each with the code in its foot', async () => {
  const sheets = await sheetsOf(printOf(rawPdf(pagesSaying(['first', 'second']))));
  expect(sheets).toHaveLength(3);
  expect(sheets.map(({ size }) => size)).toEqual([
    [595, 842],
    [595, 842],
    [595, 842],
  ]);
  expect(sheets[1]?.drawn[0]?.operators).toContain('(first) Tj');
  expect(sheets[2]?.drawn[0]?.operators).toContain('(second) Tj');
  const [code] = new Set(sheets.map(({ drawn }) => drawn.at(-2)?.operators));
  expect(new Set(sheets.map(({ drawn }) => drawn.at(-2)?.operators)).size).toBe(1);
  expect((code?.match(/ re/g) ?? []).length).toBeGreaterThan(300);
  const notes = sheets.map(({ drawn }) => drawn.at(-1)?.operators);
  expect(new Set(notes).size).toBe(3);
});

it('makes the same bytes of the same paper, and leaves the paper as it is', async () => {
  const scan = rawPdf(pagesSaying(['one']));
  const before = Buffer.from(scan);
  const [first, second] = [await printOf(scan), await printOf(scan)];
  expect(first).toEqual(second);
  expect(scan.equals(before)).toBe(true);
});

it('keeps a page within what is seen of it and above the foot, however it is turned and how large it is', async () => {
  const boxes = ['/Rotate 90', '/Rotate 180', '/Rotate -90', '/MediaBox [-500 -500 90000 40000]', '/UserUnit 40'];
  const sheets = (await sheetsOf(printOf(rawPdf(pagesSaying(['a', 'b', 'c', 'd', 'e'], (i) => boxes[i] ?? ''))))).slice(
    1,
  );
  const corners = sheets.map(({ drawn, size }) => {
    const [left, bottom, right, top] = drawn[0]?.box as [number, number, number, number];
    const at = drawn[0]?.at ?? [];
    const points = [landed(at, [left, bottom]), landed(at, [right, top])];
    const [width = 0, height = 0] = size;
    return points.every(([x = 0, y = 0]) => x >= 17 && x <= width - 17 && y >= 90 && y <= height - 17);
  });
  expect(corners).toEqual([true, true, true, true, true]);
  expect(sheets.map(({ size: [width = 0, height = 0] }) => width > height)).toEqual([true, false, true, true, false]);
  const upperLeft = sheets.slice(0, 3).map(({ drawn }) => landed(drawn[0]?.at ?? [], [0, 0]));
  const [turned = [], over = [], back = []] = upperLeft;
  // Where the lower left corner of the page comes to be: upper left, upper right, lower right.
  expect([(turned[0] ?? 0) < 421, (turned[1] ?? 0) > 297]).toEqual([true, true]);
  expect([(over[0] ?? 0) > 297, (over[1] ?? 0) > 421]).toEqual([true, true]);
  expect([(back[0] ?? 0) > 421, (back[1] ?? 0) < 297]).toEqual([true, true]);
});

it('reads what programs of today write: objects and tables that are packed, sizes and fonts from the tree', async () => {
  const sheets = await sheetsOf(printOf(packedPdf(pagesSaying(['packed']))));
  expect(sheets[1]?.drawn[0]?.operators).toContain('(packed) Tj');
});

it('reads a file that was added to, in which what is newer stands', async () => {
  const old = rawPdf(pagesSaying(['old']));
  const start = old.toString('latin1').lastIndexOf('xref\n0');
  const content = stream('BT (new) Tj ET');
  const object = Buffer.concat([Buffer.from('11 0 obj\n'), content, Buffer.from('\nendobj\n')]);
  const place = String(old.length).padStart(10, '0');
  const table = `xref\n11 1\n${place} 00000 n \ntrailer\n<< /Size 12 /Root 1 0 R /Prev ${start} >>\nstartxref\n${old.length + object.length}\n%%EOF\n`;
  const sheets = await sheetsOf(printOf(Buffer.concat([old, object, Buffer.from(table)])));
  expect(sheets[1]?.drawn[0]?.operators).toBe('BT (new) Tj ET');
});

it('joins the parts of a page, and draws what is seen on it: no more than the page, and not what is hidden', async () => {
  const stamp = (flags: number) =>
    `<< /Type /Annot /Subtype /Stamp /Rect [500 10 700 30] /F ${flags} /AP << /N 90 0 R >> >>`;
  const scan: RawObjects = {
    ...pagesSaying(['ignored'], () => `/Contents [80 0 R 81 0 R] /Annots [${[4, 0, 2, 36].map(stamp).join(' ')}]`),
    80: stream('BT (one'),
    81: stream('two) Tj ET', { packed: true }),
    90: stream('1 g 0 0 10 10 re f', { entries: '/BBox [0 0 10 10] /Matrix [0 1 -1 0 0 0]' }),
  };
  const twice = { ...scan, 10: String(scan[10]).replace('/Contents 11 0 R', '') };
  const made = await printOf(rawPdf(twice));
  const [, sheet] = await sheetsOf(Promise.resolve(made));
  expect(sheet?.drawn[0]?.operators).toBe('BT (one\ntwo) Tj ET\n');
  const drawn = sheet?.drawn ?? [];
  expect(drawn).toHaveLength(5);
  const file = readForeign(made.ok ? made.pdf : new Uint8Array());
  const operators = Buffer.from(
    file.unpack(pagesOf(file)[1]?.content ?? { dictionary: new Map(), data: new Uint8Array() }),
  ).toString();
  expect(operators).toContain('0.000000 0.000000 595.000000 842.000000 re W n');
  expect(operators.match(/20\.000000 0\.000000 0\.000000 2\.000000 700\.000000 10\.000000 cm/g)).toHaveLength(2);
});

/** A PNG of one pixel that says it has others. */
function png(width: number, height: number, data: Buffer, [depth, colours] = [8, 2]): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(content.length);
    return Buffer.concat([length, Buffer.from(type), content, Buffer.alloc(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([depth, colours], 8);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(data)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

it('takes a picture as a page, and no picture that is not what its head says', async () => {
  const good = png(2, 3, Buffer.alloc(3 * 7));
  expect(await sheetsOf(printOf(good, 'image/png'))).toHaveLength(2);
  expect(await faultOf(png(2, 3, Buffer.alloc(50_000_000)), 'image/png')).toBe('broken');
  expect(await faultOf(png(60_000, 60_000, Buffer.alloc(1)), 'image/png')).toBe('too-large');
  expect(await faultOf(png(4_600, 4_600, Buffer.alloc(1), [16, 6]), 'image/png')).toBe('too-large');
  expect(await faultOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 2]), 'image/jpeg')).toBe('broken');
  expect(await faultOf(Buffer.from('a note'), 'text/plain')).toBe('media');
});

const page = (more: string, others: RawObjects = {}): Buffer =>
  rawPdf({ ...pagesSaying(['x'], () => more), ...others });
const bomb = deflateSync(Buffer.alloc(80_000_000, ' '));
const bombAt = (entries: string): Buffer =>
  Buffer.concat([
    Buffer.from(`<< ${entries} /Filter /FlateDecode /Length ${bomb.length} >>\nstream\n`),
    bomb,
    Buffer.from('\nendstream'),
  ]);
/** A file of so many pages that all draw the same. */
function pagesDrawing(count: number, content: RawObjects[number], others: RawObjects = {}): Buffer {
  const pages = pagesSaying(Array.from({ length: count }, () => 'x'));
  const sharing = Object.entries(pages).map(([number, value]): [string, string] => [
    number,
    String(value).replace(/Contents \d+/, 'Contents 2000'),
  ]);
  return rawPdf({ ...Object.fromEntries(sharing), 2000: content, ...others });
}
/** A file that is its table, and one object before it where there is one. */
function tableAlone({
  entries,
  table,
  before,
  packed = false,
}: {
  entries: string;
  table: Buffer;
  before?: Buffer;
  packed?: boolean;
}): Buffer {
  const object = (number: number, content: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${number} 0 obj\n`), content, Buffer.from('\nendobj\n')]);
  const head = Buffer.concat([Buffer.from('%PDF-1.7\n'), ...(before ? [object(1, before)] : [])]);
  const last = object(3, stream(table, { entries: `/Type /XRef /Size 4 ${entries}`, packed }));
  return Buffer.concat([head, last, Buffer.from(`startxref\n${head.length}\n%%EOF\n`)]);
}
/** Objects that each begin a text within the one before: read one by one, the file is read as often as there are objects. */
function nested(count: number): Buffer {
  const head = '%PDF-1.7\n';
  const objects = Array.from({ length: count }, (_, i) => `${i + 3} 0 obj (`);
  const offsets: number[] = [];
  let at = head.length;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const body = `${objects.join('')}${') endobj\n'.repeat(count)}`;
  const refs = objects.map((_, i) => `${i + 3} 0 R`).join(' ');
  const tree = `1 0 obj\n<< /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /MediaBox [0 0 9 9] /Resources << /X [${refs}] >> >>\nendobj\n`;
  const start = head.length + body.length;
  const lines = [start, start + tree.indexOf('2 0 obj'), ...offsets].map(
    (each) => `${String(each).padStart(10, '0')} 00000 n `,
  );
  const end = `xref\n1 ${count + 2}\n${lines.join('\n')}\ntrailer\n<< /Size ${count + 3} /Root 1 0 R >>\nstartxref\n${start + tree.length}\n%%EOF\n`;
  return Buffer.from(head + body + tree + end);
}

it.each<[string, string, () => Buffer]>([
  ['is encrypted', 'encrypted', () => rawPdf(pagesSaying(['x']), '/Encrypt << /Filter /Standard >>')],
  ['is cut off', 'broken', () => rawPdf(pagesSaying(['x'])).subarray(0, 400)],
  ['is a PDF by its first bytes alone', 'broken', () => Buffer.from('%PDF-1.7\na scan\n%%EOF\n')],
  [
    'has a table that points elsewhere',
    'broken',
    () =>
      Buffer.from(
        rawPdf(pagesSaying(['x']))
          .toString('latin1')
          .replaceAll(/^0000000(\d{3}) 00000 n/gm, '0000000009 00000 n'),
        'latin1',
      ),
  ],
  [
    'has more pages than a print may',
    'too-many-pages',
    () => rawPdf(pagesSaying(Array.from({ length: 501 }, () => 'x'))),
  ],
  ['says that a page is its own parent', 'broken', () => rawPdf({ ...pagesSaying(['x']), 10: '<< /Kids [2 0 R] >>' })],
  ['is a tree without a page', 'broken', () => rawPdf({ ...pagesSaying(['x']), 2: '<< /Type /Pages /Kids [] >>' })],
  ['has a page of no size', 'broken', () => page('/MediaBox [5 5 5 900]')],
  ['has a page with more corners than a rectangle', 'broken', () => page('/MediaBox [0 0 9 9 9]')],
  [
    'has a stamp with more numbers than a matrix',
    'broken',
    () =>
      page('/Annots [<< /Rect [0 0 9 9] /AP << /N 90 0 R >> >>]', {
        90: stream('', { entries: '/BBox [0 0 9 9] /Matrix [1 0 0 1 0 0 0]' }),
      }),
  ],
  [
    'hangs the same branches at every place of the level above',
    'too-large',
    () => {
      const levels = Array.from({ length: 20 }, (_, i): [number, string] => {
        const branch = `<< /Kids ${i === 19 ? '[]' : `${101 + i} 0 R`} >>`;
        return [100 + i, `[${branch} ${branch}]`];
      });
      return rawPdf({ 1: '<< /Pages 2 0 R >>', 2: '<< /Kids 100 0 R >>', ...Object.fromEntries(levels) });
    },
  ],
  [
    'says the same of the content of all its pages, at length',
    'too-large',
    () => pagesDrawing(100, stream('', { entries: `/DecodeParms << /Of [${'0 '.repeat(12_000)}] >>` })),
  ],
  [
    'has the same thousand parts on each of its pages',
    'too-large',
    () => {
      const parts = `[${'2001 0 R '.repeat(1_000)}]`;
      return pagesDrawing(70, parts, { 2001: stream('q Q', { packed: true }) });
    },
  ],
  ['has a page larger than anything', 'broken', () => page('/MediaBox [0 0 99999999 99999999]')],
  ['has a page that is turned by half a right angle', 'broken', () => page('/Rotate 45')],
  [
    'refers to itself',
    'broken',
    () => page('/Contents 80 0 R', { 10: '<< /Parent 2 0 R /Contents 80 0 R >>', 80: '80 0 R' }),
  ],
  [
    'has a length that is its own',
    'broken',
    () => rawPdf({ ...pagesSaying(['x']), 11: '<< /Length 11 0 R >>\nstream\n\nendstream' }),
  ],
  ['is deeper than anybody reads', 'broken', () => page(`/Resources ${'['.repeat(9000)}${']'.repeat(9000)}`)],
  [
    'has layers',
    'layers',
    () => rawPdf({ ...pagesSaying(['x']), 1: '<< /Pages 2 0 R /OCProperties << /OCGs [3 0 R] >> >>' }),
  ],
  [
    'has its content elsewhere',
    'broken',
    () => rawPdf({ ...pagesSaying(['x']), 11: stream('', { entries: '/F (/etc/passwd)' }) }),
  ],
  ['draws what is elsewhere', 'broken', () => page('', { 3: stream('', { entries: '/F (/etc/passwd)' }) })],
  [
    'unpacks to more than anybody draws',
    'too-large',
    () => rawPdf({ ...pagesSaying(['x']), 10: '<< /Parent 2 0 R /Contents [80 0 R 80 0 R] >>', 80: bombAt('') }),
  ],
  [
    'has a table that unpacks to more',
    'too-large',
    () => {
      const table = bombAt('/Type /XRef /W [1 2 1] /Size 4');
      return Buffer.concat([Buffer.from('%PDF-1.7\n1 0 obj\n'), table, Buffer.from('\nendobj\nstartxref\n9\n%%EOF\n')]);
    },
  ],
  [
    'has a table that says the same again and again',
    'too-large',
    () => tableAlone({ entries: '/W [0 1 0] /Index [0 400000 0 400000]', table: Buffer.alloc(800_000), packed: true }),
  ],
  [
    'has more objects in a stream than there are values',
    'too-large',
    () => {
      const before = stream('0 '.repeat(600_000), { entries: '/Type /ObjStm /N 600000 /First 1200000', packed: true });
      const entries = '/W [1 2 1] /Index [1 2] /Root 2 0 R';
      return tableAlone({ entries, table: Buffer.from([1, 0, 9, 0, 2, 0, 1, 0]), before });
    },
  ],
  ['has objects within each other', 'too-large', () => nested(30_000)],
  [
    'is made of two million empty dictionaries',
    'too-large',
    () => page(`/Resources << /X [${'<<>>'.repeat(2_000_000)}] >>`),
  ],
  [
    'shares all it has among all its pages',
    'too-large',
    () => pagesDrawing(400, stream(Buffer.alloc(1_000_000, 'q Q '))),
  ],
])('refuses a file that %s, soon and saying so', async (_, fault, make) => {
  const file = make();
  const begun = performance.now();
  expect(await faultOf(file)).toBe(fault);
  expect(performance.now() - begun).toBeLessThan(20_000);
});

it('draws a page that undoes what was done before it within itself: the foot stays as it is', async () => {
  const sheets = await sheetsOf(
    printOf(rawPdf({ ...pagesSaying(['x']), 11: stream('Q Q Q 1 0 0 rg 0 0 2000 2000 re f q q') })),
  );
  expect(sheets[1]?.drawn).toHaveLength(3);
  expect(sheets[1]?.drawn[0]?.box).toEqual([0, 0, 595, 842]);
});
