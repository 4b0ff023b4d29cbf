import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { s3Client } from '../../../adapters/aws/clients/s3.ts';
import { createPresigner } from '../../../adapters/aws/s3/presigner.ts';
import { S3DocumentStore } from '../../../adapters/aws/s3/s3-document-store.ts';
import { awsFailure, PASSING } from '../../builders/aws-failure.ts';
import { anUpload, dossierId } from '../../builders/dossiers.ts';

const D = dossierId(1);
const bytes = Buffer.from('sealed');
const sha256 = createHash('sha256').update('plain').digest('hex');
const client: S3Client = s3Client({
  region: 'ap-southeast-1',
  credentials: { accessKeyId: 'A', secretAccessKey: 'S' },
});
const s3 = mockClient(client);
const store = (documents: { bucket: string; retentionDays?: number } = { bucket: 'kept' }) =>
  new S3DocumentStore({ client, uploads: { bucket: 'passing' }, documents, presign: createPresigner(client) });

beforeEach(() => s3.reset());

describe('documents in S3', () => {
  it('are written under the condition that they are not there, held to their SHA-256', async () => {
    s3.on(PutObjectCommand).resolves({});
    await store().put({ dossier: D, name: sha256, bytes });
    expect(s3.commandCalls(PutObjectCommand).map(({ args }) => args[0].input)).toEqual([
      {
        Bucket: 'kept',
        Key: `${D}/${sha256}`,
        Body: bytes,
        ContentType: 'application/octet-stream',
        ChecksumSHA256: createHash('sha256').update(bytes).digest('base64'),
        IfNoneMatch: '*',
      },
    ]);
  });

  it('stay as they were first written, also where the first answer was lost', async () => {
    s3.on(PutObjectCommand).rejects(awsFailure('PreconditionFailed', { status: 412 }));
    await store().put({ dossier: D, name: sha256, bytes });
    expect(s3.commandCalls(PutObjectCommand)).toHaveLength(1);
  });

  it('are marked as deleted, page by page, no version of them is', async () => {
    s3.on(ListObjectsV2Command)
      .resolvesOnce({ Contents: [{ Key: `${D}/a` }, { Key: `${D}/b` }], IsTruncated: true })
      .resolvesOnce({ Contents: [{ Key: `${D}/c` }] });
    s3.on(DeleteObjectCommand).resolves({});
    await store().removeAll(D);
    expect(s3.commandCalls(ListObjectsV2Command).map(({ args }) => args[0].input.Prefix)).toEqual([`${D}/`, `${D}/`]);
    expect(s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input)).toEqual(
      ['a', 'b', 'c'].map((name) => ({ Bucket: 'kept', Key: `${D}/${name}` })),
    );
  });

  it('are locked for as long as is told', async () => {
    s3.on(PutObjectCommand).resolves({});
    await store({ bucket: 'kept', retentionDays: 10 }).put({ dossier: D, name: sha256, bytes });
    const { ObjectLockMode, ObjectLockRetainUntilDate } = s3.commandCalls(PutObjectCommand)[0]!.args[0].input;
    expect(ObjectLockMode).toBe('COMPLIANCE');
    expect(Math.round((ObjectLockRetainUntilDate!.getTime() - Date.now()) / 86_400_000)).toBe(10);
  });

  it('are absent where S3 has no such key, and not where it forbids to look', async () => {
    s3.on(GetObjectCommand).rejects(awsFailure('NoSuchKey', { status: 404 }));
    expect(await store().get(D, sha256)).toBeUndefined();
    s3.on(GetObjectCommand).rejects(awsFailure('AccessDenied', { status: 403 }));
    await expect(store().get(D, sha256)).rejects.toMatchObject({ name: 'AccessDenied' });
  });

  it.each(PASSING)('can be asked for again after $name', async (failure) => {
    s3.on(PutObjectCommand)
      .rejects(failure)
      .on(GetObjectCommand)
      .rejects(failure)
      .on(DeleteObjectCommand)
      .rejects(failure);
    for (const call of [
      store().put({ dossier: D, name: sha256, bytes }),
      store().get(D, sha256),
      store().putUpload('u1', bytes),
      store().removeUpload('u1', 0),
    ])
      await expect(call).rejects.toMatchObject({
        name: 'TaskRetryable',
        message: expect.not.stringContaining('@') as unknown,
      });
  });

  it('are removed with their parts, and again where S3 kept one', async () => {
    s3.on(DeleteObjectCommand).resolves({});
    await store().removeUpload('u1', 20);
    const keys = s3.commandCalls(DeleteObjectCommand).map(({ args }) => args[0].input.Key);
    expect(keys).toEqual(['uploads/u1', ...Array.from({ length: 20 }, (_, index) => `uploads/u1.${index + 1}`)]);
    s3.on(DeleteObjectCommand, { Key: 'uploads/u1.2' }).rejects(awsFailure('InternalError', { status: 500 }));
    await expect(store().removeUpload('u1', 2)).rejects.toMatchObject({ name: 'TaskRetryable' });
  });

  it('can be asked for again when the connection breaks amid the bytes', async () => {
    const Body = { transformToByteArray: () => Promise.reject(awsFailure('Error', { code: 'ECONNRESET' })) };
    s3.on(GetObjectCommand).resolves({ Body: Body as never });
    await expect(store().get(D, sha256)).rejects.toMatchObject({ name: 'TaskRetryable' });
  });
});

describe('an address of S3', () => {
  it('binds an upload to its type, its length and its SHA-256', async () => {
    const digest = 'ab'.repeat(32);
    const { url, headers } = await store().uploadAddress(anUpload({ id: 'u1', sha256: digest, size: 7 }), {
      from: 5_000,
      until: 65_999,
    });
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe('/uploads/u1');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host;x-amz-checksum-sha256');
    expect(searchParams.get('X-Amz-Expires')).toBe('60');
    const checksum = Buffer.from(digest, 'hex').toString('base64');
    expect(headers).toEqual({ 'content-type': 'application/pdf', 'x-amz-checksum-sha256': checksum });
    expect(url).not.toContain(encodeURIComponent(checksum));
  });

  it('binds a part to its length and its SHA-256, by the time that is left', async () => {
    const digests = ['ab', 'cd'].map((each) => each.repeat(32));
    const upload = anUpload({ id: 'u1', size: 107, parts: { size: 100, sha256: digests } });
    const { url, headers } = await store().partAddress(upload, 2, { from: 5_000, until: 65_999 });
    const { pathname, searchParams } = new URL(url);
    expect(pathname).toBe('/uploads/u1.2');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('content-length;content-type;host;x-amz-checksum-sha256');
    expect(searchParams.get('X-Amz-Expires')).toBe('60');
    expect(headers['x-amz-checksum-sha256']).toBe(Buffer.from('cd'.repeat(32), 'hex').toString('base64'));
    await expect(store().partAddress(upload, 3, { from: 0, until: 1 })).rejects.toThrow('expected a part');
  });

  it('leads to a copy under its name and type, and says nothing of either', async () => {
    s3.on(PutObjectCommand).resolves({});
    const file = { dossier: D, document: sha256, name: 'Thẻ.pdf', mediaType: 'application/pdf' };
    const url = await store().handOut({ ...file, bytes: async () => Buffer.from('plain') }, 300);
    expect(new URL(url).pathname).toBe(`/handed-out/${D}/${sha256}`);
    expect(s3.commandCalls(PutObjectCommand)[0]!.args[0].input).toMatchObject({
      Bucket: 'passing',
      Key: `handed-out/${D}/${sha256}`,
      ContentType: 'application/pdf',
      ContentDisposition: "attachment; filename*=UTF-8''Th%E1%BA%BB.pdf",
    });
    expect(url).not.toContain('pdf');
  });

  it('leads to a copy that is drawn in place only where that is asked for', async () => {
    s3.on(PutObjectCommand).resolves({});
    const file = { dossier: D, name: 'a.pdf', mediaType: 'application/pdf', bytes: async () => Buffer.from('plain') };
    const said = async (inPlace: boolean): Promise<string | null> =>
      new URL(await store().handOut({ ...file, inPlace }, 300)).searchParams.get('response-content-disposition');
    expect([await said(true), await said(false)]).toEqual(['inline', null]);
  });

  it('is not given where the bytes cannot be made', async () => {
    const file = {
      dossier: D,
      name: 'x',
      mediaType: 'application/pdf',
      bytes: () => Promise.reject(new Error('gone')),
    };
    await expect(store().handOut(file, 300)).rejects.toThrow('gone');
    expect(s3.calls()).toEqual([]);
  });
});
