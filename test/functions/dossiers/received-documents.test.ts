import { createHash } from 'node:crypto';
import { ApiHouse, announcement, FORM, PDF } from '../../builders/api-house.ts';

let house: ApiHouse;
let token: string;
beforeAll(async () => {
  house = await ApiHouse.open();
  token = await house.applicant();
});
afterAll(() => house.close());

/** Announced at the API; the bytes come by another way, as a PUT to S3 does. */
async function uploadedDirectly(bytes: Uint8Array | undefined, announced = announcement(PDF)): Promise<string> {
  const { body } = await house.send('POST', '/uploads', { token, body: announced });
  const id = String(body['id']);
  if (bytes) await house.stage.machine.platform.documents.putUpload(id, bytes);
  return id;
}

function submit(...uploads: string[]) {
  const documents = uploads.map((upload) => ({ component: 'portrait', upload }));
  return house.send('POST', '/dossiers', {
    token,
    body: { procedure: 'library-card', unit: 'thu-lam', form: FORM, documents },
  });
}

const digest = createHash('sha256').update(PDF).digest('hex');
const text = Buffer.from('no PDF at all, whatever was said');

describe('an upload that did not pass through here', () => {
  it.each([
    ['its bytes have not arrived', undefined, announcement(PDF), ['/documents/0/upload']],
    [
      'it has another length and digest',
      Buffer.concat([PDF, PDF]),
      announcement(PDF),
      ['/documents/0/size', '/documents/0/sha256'],
    ],
    ['it is of another type', text, announcement(text), ['/documents/0/mediaType']],
  ])('is refused with the submission, and nothing is kept, when %s', async (_, bytes, announced, places) => {
    const id = await uploadedDirectly(bytes, announced);
    const before = await house.stored();
    const { status, body } = await submit(id);
    expect([status, body['type']]).toEqual([422, 'urn:onetrack:problem:document-not-accepted']);
    expect((body['errors'] as { at: string }[]).map(({ at }) => at)).toEqual(places);
    expect(await house.stored()).toBe(before);
  });

  it('names every one that cannot be accepted, and keeps none of them', async () => {
    const before = [
      await uploadedDirectly(PDF),
      await uploadedDirectly(text, announcement(text)),
      await uploadedDirectly(undefined),
    ];
    const stored = await house.stored();
    const { body } = await submit(before[1]!, before[0]!, before[2]!);
    expect((body['errors'] as { at: string }[]).map(({ at }) => at)).toEqual([
      '/documents/0/mediaType',
      '/documents/2/upload',
    ]);
    expect(await house.stored()).toBe(stored);
  });

  it('is one document: named again in the same submission it is refused there, and nothing is kept', async () => {
    const [id, other] = [await uploadedDirectly(PDF), await uploadedDirectly(PDF)];
    const before = await house.stored();
    const { status, body } = await submit(id, other, id);
    expect([status, body['type']]).toEqual([422, 'urn:onetrack:problem:document-not-accepted']);
    const expected = 'an upload that no document before it names';
    expect(body['errors']).toEqual([{ at: '/documents/2/upload', expected, found: id }]);
    expect(await house.stored()).toBe(before);
    expect((await submit(id, other)).status).toBe(201);
  });

  it('is taken by one submission, and by no second', async () => {
    const id = await uploadedDirectly(PDF);
    const first = await submit(id);
    expect(first.status).toBe(201);
    const read = await house.send('GET', `/dossiers/${String(first.body['id'])}`, { token });
    expect(read.body['documents']).toEqual([expect.objectContaining({ component: 'portrait', sha256: digest })]);
    const second = await submit(id);
    expect(second.body).toMatchObject({
      errors: [{ at: '/documents/0/upload', expected: 'an upload that is in no dossier yet' }],
    });
  });
});
