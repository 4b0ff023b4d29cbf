import { connect } from 'node:net';
import { listenLocally } from '../../../embedded/server.ts';
import { readUpload, receivePart } from '../../../functions/uploads/parts.ts';
import { removeExpiredUploads } from '../../../functions/uploads/receive-upload.ts';
import { announcement, ApiHouse, FORM, inParts } from '../../builders/api-house.ts';
import { chanceFrom } from '../../builders/breaking-line.ts';

const SEED = Number(process.env['ONETRACK_SEED'] ?? 20_261_127);
const PART = 65_536;
const LARGE = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(5 * PART + 7, 'a large portrait\n')]);
const COUNT = 6;

interface Progress {
  size: number;
  count: number;
  arrived: number[];
  next: { part: number; url: string; headers: Record<string, string> }[];
}

let house: ApiHouse;
let ngoc: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
});
afterAll(() => house.close());

const documents = () => house.stage.machine.platform.documents;
const partOf = (bytes: Uint8Array, part: number): Buffer<ArrayBuffer> =>
  Buffer.from(bytes.subarray((part - 1) * PART, part * PART));

async function announced(bytes: Uint8Array = LARGE, key?: string) {
  const { status, body } = await house.send('POST', '/uploads', {
    token: ngoc,
    body: inParts(bytes),
    ...(key !== undefined && { key }),
  });
  expect(status).toBe(201);
  return { id: String(body['id']), parts: body['parts'] as Progress, body };
}

async function read(id: string, token = ngoc) {
  const { status, body } = await house.send('GET', `/uploads/${id}`, { token });
  return { status, type: body['type'], state: body['state'], parts: body['parts'] as Progress };
}

async function put({ url, headers }: Progress['next'][number], bytes: Uint8Array<ArrayBuffer>) {
  const answer = await house.app.request(url, { method: 'PUT', headers, body: bytes });
  return { status: answer.status, body: answer.status === 204 ? '' : ((await answer.json()) as { errors?: unknown }) };
}

/** Puts what is missing until all is there. */
async function putAll(id: string, bytes: Uint8Array = LARGE): Promise<void> {
  for (let { parts } = await read(id); parts.next.length > 0; { parts } = await read(id))
    for (const next of parts.next) expect((await put(next, partOf(bytes, next.part))).status).toBe(204);
}

function submit(upload: string, token = ngoc) {
  const body = {
    procedure: 'library-card',
    unit: 'thu-lam',
    form: FORM,
    documents: [{ component: 'portrait', upload }],
  };
  return house.send('POST', '/dossiers', { token, body });
}

describe('an upload in parts', () => {
  it.each([
    ['fewer digests than parts', { size: PART, sha256: inParts(LARGE.subarray(PART))['parts'] }],
    ['parts that are too small', { size: 1000, sha256: [] }],
  ])('is not announced with %s', async (_, { size, sha256 }) => {
    const parts = { size, sha256: Array.isArray(sha256) ? sha256 : (sha256 as { sha256: string[] }).sha256 };
    const { status, body } = await house.send('POST', '/uploads', {
      token: ngoc,
      body: { ...announcement(LARGE), parts },
    });
    expect([status, body['type']]).toEqual([400, 'urn:onetrack:problem:invalid-request']);
    expect(JSON.stringify(body['errors'])).toContain('/parts/');
  });

  it('is not announced with more parts than 256, nor larger than any upload', async () => {
    const many = { size: PART, sha256: Array.from({ length: 257 }, () => 'ab'.repeat(32)) };
    for (const body of [
      { ...announcement(LARGE), size: 257 * PART, parts: many },
      { ...inParts(LARGE), size: 60_000_000, parts: { size: 8_388_608, sha256: many.sha256.slice(0, 8) } },
    ])
      expect((await house.send('POST', '/uploads', { token: ngoc, body })).status).toBeGreaterThanOrEqual(400);
  });

  it('does not exist for anybody else', async () => {
    const { id } = await announced();
    for (const token of [await house.applicant('other'), await house.official('thu-lam-reception', 'reception')])
      expect(await read(id, token)).toMatchObject({ status: 404, type: 'urn:onetrack:problem:unknown-upload' });
    expect((await submit(id, await house.applicant('other'))).status).toBe(422);
  });

  it('refuses a part that is larger, smaller or other than was announced, and says in what', async () => {
    const { id, parts } = await announced();
    const [first] = parts.next;
    expect((await put(first!, Buffer.from(LARGE))).status).toBe(413);
    expect(await put(first!, partOf(LARGE, 1).subarray(1))).toMatchObject({
      status: 422,
      body: { errors: [{ at: 'size', expected: String(PART), found: String(PART - 1) }, { at: 'sha256' }] },
    });
    expect(await put(first!, partOf(LARGE, 2))).toMatchObject({ status: 422, body: { errors: [{ at: 'sha256' }] } });
    expect((await read(id)).parts.arrived).toEqual([]);
  });

  it('has no part at an address that was made up, changed, or is of another upload', async () => {
    const { parts } = await announced();
    const other = await announced(Buffer.concat([LARGE, LARGE]));
    const [{ url, headers } = { url: '', headers: {} }] = parts.next;
    const whole = new URL(String(other.body['url']));
    for (const forged of [
      url.replace('/parts/1', '/parts/2'),
      url.replace('/parts/1', ''),
      url.replace(/\/uploads\/\w+/, `/uploads/${other.id}`),
      url.replace(/signature=./, 'signature=~'),
      `${whole.origin}${whole.pathname}/parts/1${whole.search}`,
    ])
      expect((await put({ part: 1, url: forged, headers }, partOf(LARGE, 1))).status).toBe(403);
    expect((await put({ part: 1, url: url.replace('/parts/1', '/parts/257'), headers }, partOf(LARGE, 1))).status).toBe(
      404,
    );
  });

  it('takes its parts in any order, twice at once and again, tells what is missing, and is accepted whole', async () => {
    const { id, parts } = await announced();
    expect(parts).toMatchObject({ size: PART, count: COUNT, arrived: [] });
    expect(parts.next.map(({ part }) => part)).toEqual([1, 2, 3, 4, 5, 6]);
    const ways = [6, 2, 2, 4].map((part) => put(parts.next[part - 1]!, partOf(LARGE, part)));
    expect((await Promise.all(ways)).map(({ status }) => status)).toEqual([204, 204, 204, 204]);
    const half = await read(id);
    expect(half).toMatchObject({ status: 200, state: 'expected', parts: { arrived: [2, 4, 6] } });
    expect(half.parts.next.map(({ part }) => part)).toEqual([1, 3, 5]);
    const early = await submit(id);
    expect(early.status).toBe(422);
    expect(early.body['errors']).toEqual([
      expect.objectContaining({ at: '/documents/0/upload', expected: 'an upload whose bytes have arrived' }),
    ]);
    await putAll(id);
    expect(await read(id)).toMatchObject({ state: 'arrived', parts: { arrived: [1, 2, 3, 4, 5, 6], next: [] } });
    expect((await submit(id)).status).toBe(201);
    // After the end.
    expect(await read(id)).toMatchObject({ state: 'taken', parts: { next: [] } });
    expect((await put(parts.next[0]!, partOf(LARGE, 1))).status).toBe(204);
    expect((await submit(id)).status).toBe(422);
  });

  it('goes on where it was, announced again under the same key; under it nothing else', async () => {
    const { id, parts } = await announced(LARGE, 'large-1');
    await put(parts.next[2]!, partOf(LARGE, 3));
    const again = await announced(LARGE, 'large-1');
    expect(again.id).toBe(id);
    expect(again.parts.arrived).toEqual([3]);
    for (const body of [announcement(LARGE), inParts(LARGE, 2 * PART)])
      expect((await house.send('POST', '/uploads', { token: ngoc, key: 'large-1', body })).status).toBe(422);
  });

  it('may be put in one piece all the same', async () => {
    const { id, body } = await announced();
    expect((await house.app.request(String(body['url']), { method: 'PUT', body: LARGE })).status).toBe(204);
    expect(await read(id)).toMatchObject({ state: 'arrived', parts: { next: [] } });
    expect((await submit(id)).status).toBe(201);
  });

  it('is judged as a whole: parts that are what was announced and no PDF are refused with the submission', async () => {
    const text = Buffer.alloc(2 * PART, 'words, whatever was said\n');
    const { id } = await announced(text);
    await putAll(id, text);
    expect((await submit(id)).body['errors']).toMatchObject([{ at: '/documents/0/mediaType' }]);
    const { body } = await house.send('POST', '/uploads', {
      token: ngoc,
      body: { ...inParts(LARGE), sha256: 'ab'.repeat(32) },
    });
    await putAll(String(body['id']));
    expect((await submit(String(body['id']))).body['errors']).toMatchObject([{ at: '/documents/0/sha256' }]);
  });

  it('says of an upload in one piece whether it is there', async () => {
    const { body } = await house.send('POST', '/uploads', { token: ngoc, body: announcement(LARGE) });
    expect(body['parts']).toBeUndefined();
    expect(await read(String(body['id']))).toMatchObject({ state: 'expected', parts: undefined });
    await house.app.request(String(body['url']), { method: 'PUT', body: LARGE });
    expect(await read(String(body['id']))).toMatchObject({ state: 'arrived' });
  });

  it.each([0, 1, 2])('arrives by a client that is cut again and again, way %i', async (way) => {
    const chance = chanceFrom(SEED + way);
    const server = await listenLocally(house.app, 0);
    const { id } = await announced();
    let sent = 0;
    for (let tries = 0; tries < 200; tries += 1) {
      const { parts } = await read(id);
      const next = parts.next[Math.floor(chance() * parts.next.length)];
      if (!next) break;
      const bytes = partOf(LARGE, next.part);
      const isCut = chance() < 0.6;
      sent += 1;
      await send(server.port, next, bytes, isCut ? Math.floor(chance() * bytes.length) : undefined);
    }
    await server.close();
    const upload = (await house.stage.machine.platform.store.upload(id))!;
    expect(sent).toBeGreaterThanOrEqual(COUNT);
    expect(Buffer.from((await readUpload(house.stage.machine.platform, upload)) ?? []).equals(LARGE)).toBe(true);
    expect((await submit(id)).status).toBe(201);
  });

  it('leaves nothing of a part that comes while it is swept', async () => {
    const { platform } = house.stage.machine;
    const { id } = await announced();
    const upload = (await platform.store.upload(id))!;
    await platform.store.forgetUpload(id);
    expect(await receivePart(platform, upload, 2, partOf(LARGE, 2))).toEqual({ ok: true });
    expect(await documents().arrived(id)).toEqual({ whole: false, parts: [] });
  });

  it('goes with all its parts when nobody took it in time, and takes none any more', async () => {
    const { id, parts } = await announced();
    for (const part of [1, 6]) await put(parts.next[part - 1]!, partOf(LARGE, part));
    await house.stage.passUntil(house.stage.now + 25 * 3_600_000);
    expect((await put(parts.next[1]!, partOf(LARGE, 2))).status).toBe(410);
    expect(await read(id)).toMatchObject({ status: 410, type: 'urn:onetrack:problem:upload-expired' });
    while ((await removeExpiredUploads(house.stage.machine.platform)) > 0);
    expect(await documents().arrived(id)).toEqual({ whole: false, parts: [] });
    expect((await put(parts.next[1]!, partOf(LARGE, 2))).status).toBe(410);
    expect(await read(id)).toMatchObject({ status: 404 });
  });
});

/** A PUT over a connection of its own, cut after so many bytes of the body. */
function send(port: number, { url, headers }: Progress['next'][number], bytes: Buffer, cut?: number): Promise<void> {
  return new Promise((resolve) => {
    const { pathname, search } = new URL(url);
    const socket = connect(port, '127.0.0.1');
    const head = [
      `PUT ${pathname}${search} HTTP/1.0`,
      ...Object.entries({ ...headers, host: '127.0.0.1', 'content-length': String(bytes.length) }).map(
        ([name, value]) => `${name}: ${value}`,
      ),
    ];
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
    socket.resume();
    socket.write(`${head.join('\r\n')}\r\n\r\n`);
    socket.write(bytes.subarray(0, cut), () => {
      if (cut !== undefined) socket.destroy();
    });
  });
}
