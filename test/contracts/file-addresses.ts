import { createHash } from 'node:crypto';
import type { DocumentStore } from '../../domain/ports/document-store.ts';
import type { Upload } from '../../domain/ports/dossier-store.ts';
import { anUpload } from '../builders/dossiers.ts';

/** A document store whose addresses can be used. */
export interface AddressesUnderTest {
  store: DocumentStore;
  /** Makes an upload known to whoever takes its bytes. */
  announce: (upload: Upload) => Promise<void>;
  /** A document of a dossier as it is kept, and its plain bytes. */
  kept: () => Promise<{ dossier: string; document: string; bytes: Uint8Array }>;
  send: (url: string, request: RequestInit) => Promise<Response>;
  /** By the clock of the platform. */
  now: () => number;
  /** Lets so many seconds pass for whoever judges addresses. */
  pass: (seconds: number) => Promise<void>;
  close: () => Promise<void>;
}

const PDF = Buffer.from('%PDF-1.7\nhanded in directly\n%%EOF\n');
const OTHER = Buffer.from('%PDF-1.7\nhanded in somehow.\n%%EOF\n');
const SECONDS = 2;

/** What every store promises of the addresses that it hands out, whoever serves them. */
export function describeFileAddresses(name: string, open: () => Promise<AddressesUnderTest>): void {
  describe(name, () => {
    let under: AddressesUnderTest;
    let uploads = 0;
    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());

    const addressOf = (upload: Upload) => {
      const from = under.now();
      return under.store.uploadAddress(upload, { from, until: from + SECONDS * 1000 });
    };
    const announced = async (): Promise<{ id: string; put: (body: Uint8Array, url?: string) => Promise<number> }> => {
      const id = `u${String((uploads += 1)).padStart(26, '0')}`;
      const sha256 = createHash('sha256').update(PDF).digest('hex');
      const upload = anUpload({ id, sha256, size: PDF.length, expires: Date.parse('2036-01-01T00:00:00Z') });
      await under.announce(upload);
      const address = await addressOf(upload);
      const put = async (body: Uint8Array, url = address.url): Promise<number> => {
        const { headers } = address;
        return (await under.send(url, { method: 'PUT', headers, body: new Uint8Array(body) })).status;
      };
      return { id, put };
    };
    const forged = (url: string): string =>
      url.replace(/(ignature=)(.)/, (_, name: string, c) => name + (c === 'a' ? 'b' : 'a'));

    it('refuses other bytes than were announced, or more, or fewer, and keeps none of them', async () => {
      const { id, put } = await announced();
      expect(OTHER).toHaveLength(PDF.length);
      for (const bytes of [OTHER, Buffer.concat([PDF, PDF]), PDF.subarray(1)])
        expect(await put(bytes)).toBeGreaterThanOrEqual(400);
      expect(await under.store.getUpload(id)).toBeUndefined();
    });

    it('takes what was announced, again too', async () => {
      const { id, put } = await announced();
      expect(await put(PDF)).toBeLessThan(300);
      expect(await put(PDF)).toBeLessThan(300);
      expect(Buffer.from((await under.store.getUpload(id)) ?? []).toString()).toBe(PDF.toString());
    });

    it('takes each part of an upload at its own address, in any order and again, and nothing else there', async () => {
      const parts = [PDF.subarray(0, 20), PDF.subarray(20)];
      const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
      const upload = anUpload({
        id: `u${String((uploads += 1)).padStart(26, '0')}`,
        sha256: digest(PDF),
        size: PDF.length,
        parts: { size: 20, sha256: parts.map(digest) },
        expires: Date.parse('2036-01-01T00:00:00Z'),
      });
      await under.announce(upload);
      const from = under.now();
      const put = async (part: number, body: Uint8Array, at = part, forge = false): Promise<number> => {
        const { url, headers } = await under.store.partAddress(upload, at, { from, until: from + SECONDS * 1000 });
        const sent = { method: 'PUT', headers, body: new Uint8Array(body) };
        return (await under.send(forge ? forged(url) : url, sent)).status;
      };
      const [first = PDF, second = PDF] = parts;
      expect(await put(1, OTHER.subarray(20))).toBeGreaterThanOrEqual(400);
      expect(await put(1, second)).toBeGreaterThanOrEqual(400);
      expect(await put(1, PDF)).toBeGreaterThanOrEqual(400);
      expect(await put(1, first, 1, true)).toBe(403);
      expect(await under.store.arrived(upload.id)).toEqual({ whole: false, parts: [] });
      expect(await put(2, second)).toBeLessThan(300);
      expect(await put(2, second)).toBeLessThan(300);
      expect(await under.store.arrived(upload.id)).toEqual({ whole: false, parts: [2] });
      expect(await Promise.all([put(1, first), put(1, first)])).toEqual([expect.any(Number), expect.any(Number)]);
      expect(await under.store.arrived(upload.id)).toEqual({ whole: false, parts: [1, 2] });
      expect(Buffer.from((await under.store.getPart(upload.id, 1)) ?? []).equals(first)).toBe(true);
      const late = await under.store.partAddress(upload, 2, { from, until: from + SECONDS * 1000 });
      await under.pass(SECONDS + 1);
      const sent = { method: 'PUT', headers: late.headers, body: new Uint8Array(second) };
      expect((await under.send(late.url, sent)).status).toBeGreaterThanOrEqual(400);
    });

    it('refuses an address for bytes that was changed, or has expired', async () => {
      const { id, put } = await announced();
      const upload = anUpload({ id, sha256: createHash('sha256').update(PDF).digest('hex'), size: PDF.length });
      const { url } = await addressOf(upload);
      expect(await put(PDF, forged(url))).toBe(403);
      await under.pass(SECONDS + 1);
      expect(await put(PDF)).toBeGreaterThanOrEqual(400);
      expect(await under.store.getUpload(id)).toBeUndefined();
    });

    it('hands out a file under its name and type, always as a download, to nobody else and not for longer', async () => {
      const { bytes, ...where } = await under.kept();
      const file = { ...where, name: 'Giấy “A” (1).pdf', mediaType: 'application/pdf', bytes: async () => bytes };
      const url = await under.store.handOut(file, SECONDS);
      const answer = await under.send(url, {});
      expect(await answer.text()).toBe(Buffer.from(bytes).toString());
      expect(answer.headers.get('content-type')).toBe('application/pdf');
      expect(answer.headers.get('cache-control')).toBe('private, no-store');
      const [kind, encoded = ''] = (answer.headers.get('content-disposition') ?? '').split("; filename*=UTF-8''");
      expect([kind, decodeURIComponent(encoded)]).toEqual(['attachment', file.name]);
      expect((await under.send(forged(url), {})).status).toBe(403);
      await under.pass(SECONDS + 1);
      expect((await under.send(url, {})).status).toBeGreaterThanOrEqual(400);
    });
  });
}
