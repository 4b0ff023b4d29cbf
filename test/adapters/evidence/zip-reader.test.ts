import { zipSync } from 'fflate';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { readZip } from '../../../adapters/evidence/zip-reader.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';

const text = (content: string): Uint8Array => new Uint8Array(Buffer.from(content));

function faultOf(archive: Uint8Array, limits?: Parameters<typeof readZip>[1]): string | undefined {
  const read = readZip(archive, limits);
  const [fault] = read.ok ? [] : read.faults;
  return fault && `${fault.place}: ${fault.fault}`;
}

/** Changes a name everywhere in an archive, to one of the same length. */
function renamed(archive: Uint8Array, from: string, to: string): Uint8Array {
  return new Uint8Array(Buffer.from(Buffer.from(archive).toString('latin1').replaceAll(from, to), 'latin1'));
}

describe('reading an archive', () => {
  it.each(['../../etc/passwd', '/etc/passwd', 'a/../b', 'a//b', './a', 'a\\b', 'C:a', '.hidden', 'a b'])(
    'refuses the name %s',
    (name) => {
      expect(faultOf(zipSync({ [name]: text('x') }))).toMatch(/unsafe-path$/);
    },
  );

  it('refuses a symbolic link', () => {
    const link = zipSync({ 'documents/a.pdf': [text('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] });
    expect(faultOf(link)).toBe('documents/a.pdf: unsafe-path');
  });

  it('refuses the same name twice, and one that differs by case alone', () => {
    const twice = renamed(zipSync({ 'a.txt': text('1'), 'b.txt': text('2') }), 'b.txt', 'a.txt');
    expect(faultOf(twice)).toBe('a.txt: duplicate-file');
    expect(faultOf(zipSync({ 'a.txt': text('1'), 'A.txt': text('2') }))).toBe('A.txt: duplicate-file');
  });

  it('refuses a folder that holds nothing', () => {
    expect(faultOf(zipSync({ 'empty/': new Uint8Array(), 'a.txt': text('1') }))).toBe('empty/: unexpected-file');
  });

  it('refuses what would grow beyond measure, before it grows', () => {
    const bomb = zipSync({ 'events.jsonl': [new Uint8Array(50_000_000), { level: 9 }] });
    expect(faultOf(bomb)).toBe('events.jsonl: too-large');
  });

  it('refuses more files or more bytes than the limits', () => {
    const archive = zipSync({ a: text('12345'), b: text('12345'), c: text('12345') });
    expect(faultOf(archive, { entries: 2, total: 100, ratio: 10 })).toBe('archive: too-large');
    expect(faultOf(archive, { entries: 3, total: 14, ratio: 10 })).toBe('c: too-large');
    expect(faultOf(archive, { entries: 3, total: 15, ratio: 10 })).toBeUndefined();
  });

  it('refuses a file that grows beyond what the directory says', () => {
    const archive = Buffer.from(zipSync({ a: [text('x'.repeat(5000)), { level: 9 }] }));
    const directory = archive.readUInt32LE(archive.length - 6);
    archive.writeUInt32LE(10, directory + 24);
    archive.writeUInt32LE(10, 22);
    expect(faultOf(archive)).toBe('a: too-large');
  });

  it('refuses files that share bytes', () => {
    const archive = Buffer.from(zipSync({ a: text('1'), b: text('2') }, { level: 0 }));
    const directory = archive.readUInt32LE(archive.length - 6);
    const second = archive.indexOf(Buffer.from([0x50, 0x4b, 1, 2]), directory + 4);
    archive.copy(archive, second, directory, second);
    expect(faultOf(archive)).toMatch(/duplicate-file|unreadable-archive/);
  });

  it('refuses bytes after its end, and before its beginning', () => {
    const archive = zipSync({ a: text('1') });
    expect(faultOf(Buffer.concat([archive, text('x')]))).toBe('archive: unreadable-archive');
    expect(faultOf(Buffer.concat([text('x'), archive]))).toBe('archive: unreadable-archive');
  });

  it('refuses what is no archive, cut at any place, without throwing', () => {
    const archive = zipSync({ 'a.txt': text('hello'), 'b/c.txt': text('there') });
    fc.assert(
      fc.property(fc.nat({ max: archive.length - 1 }), (length) => {
        expect(readZip(archive.subarray(0, length)).ok).toBe(false);
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(readZip(bytes).ok).toBe(false);
      }),
    );
  });

  it('never gives other content for any bit that is flipped', () => {
    const content = { 'a.txt': text('hello '.repeat(50)), 'b/c.txt': text('there') };
    const archive = zipSync(content);
    fc.assert(
      fc.property(fc.nat({ max: archive.length * 8 - 1 }), (bit) => {
        const flipped = Buffer.from(archive);
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        const read = readZip(flipped);
        const same = read.ok && [...read.files.values()].every((bytes) => isOneOf(bytes, Object.values(content)));
        expect(!read.ok || same).toBe(true);
      }),
    );
  });

  it('reads what the writer wrote, in its order, stored or deflated', async () => {
    const zip = collectZip();
    await zip.archive.add('events.jsonl', text('{"a":1}\n'.repeat(100)));
    await zip.archive.add('documents/a.pdf', text('%PDF'));
    await zip.archive.add('empty.txt', new Uint8Array());
    await zip.archive.finish();
    const read = readZip(zip.bytes());
    const files = read.ok ? [...read.files].map(([path, bytes]) => [path, bytes.length]) : read.faults;
    expect(files).toEqual([
      ['events.jsonl', 800],
      ['documents/a.pdf', 4],
      ['empty.txt', 0],
    ]);
    expect(zip.bytes().length).toBeLessThan(800 + deflateRawSync(text('x')).length);
  });
});

function isOneOf(bytes: Uint8Array, contents: readonly Uint8Array[]): boolean {
  return contents.some((content) => Buffer.from(content).equals(bytes));
}
