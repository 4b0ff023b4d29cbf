import { createHash } from 'node:crypto';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { asDownload } from '../../../domain/content-disposition.ts';
import type { Upload } from '../../../domain/ports/dossier-store.ts';
import { partOf } from '../../../domain/upload-parts.ts';
import type { Arrived, DocumentStore, HandedOut, Period, UploadAddress } from '../../../domain/ports/document-store.ts';
import { checkDocumentName, checkPart, checkUploadName } from '../../document-names.ts';
import { calling, nameOf, statusOf } from '../failures.ts';
import type { Presigner } from './presigner.ts';

const DAY_MS = 86_400_000;
/** Requests under way together. */
const AT_ONCE = 16;

export interface S3DocumentStoreOptions {
  client: S3Client;
  /** Expires by its life-cycle: `uploads/` and `handed-out/`, a day each. */
  uploads: { bucket: string };
  /** Versioned, under object lock. `retentionDays` overrides the bucket's default retention; either way nobody can delete a document before. */
  documents: { bucket: string; retentionDays?: number };
  presign: Presigner;
}

/**
 * Documents in two buckets. `uploads` takes what applicants put directly, and plain copies of what is handed out, each for a day at most; `documents`
 * keeps `<dossier>/<name>`, encrypted by the platform, and never overwrites: a document is written on the condition that it is not there yet.
 */
export class S3DocumentStore implements DocumentStore {
  readonly #client: S3Client;
  readonly #uploads: string;
  readonly #documents: S3DocumentStoreOptions['documents'];
  readonly #presign: Presigner;

  constructor({ client, uploads, documents, presign }: S3DocumentStoreOptions) {
    this.#client = client;
    this.#uploads = uploads.bucket;
    this.#documents = documents;
    this.#presign = presign;
  }

  async put({ dossier, name, bytes }: { dossier: string; name: string; bytes: Uint8Array }): Promise<void> {
    checkDocumentName(dossier, name);
    const { bucket, retentionDays } = this.#documents;
    const command = new PutObjectCommand({
      Bucket: bucket,
      Key: `${dossier}/${name}`,
      Body: bytes,
      ContentType: 'application/octet-stream',
      ChecksumSHA256: digestOf(bytes),
      IfNoneMatch: '*',
      ...(retentionDays !== undefined && {
        ObjectLockMode: 'COMPLIANCE',
        ObjectLockRetainUntilDate: new Date(Date.now() + retentionDays * DAY_MS),
      }),
    });
    try {
      await calling('S3 PutObject', () => this.#client.send(command));
    } catch (error) {
      // It is there: as somebody else wrote it, or as this very request did before its answer was lost.
      if (nameOf(error) !== 'PreconditionFailed' && statusOf(error) !== 412) throw error;
    }
  }

  async get(dossier: string, name: string): Promise<Uint8Array | undefined> {
    checkDocumentName(dossier, name);
    return this.#read(this.#documents.bucket, `${dossier}/${name}`);
  }

  /**
   * Nobody can delete a version under lock, and no function may delete one at all: a marker takes each object's place, and the bucket's life-cycle removes what
   * is behind a marker once its lock has ended. Until then it is ciphertext whose key is no more.
   */
  async removeAll(dossier: string): Promise<void> {
    checkDocumentName(dossier, '0'.repeat(64));
    const { bucket } = this.#documents;
    for (;;) {
      const list = new ListObjectsV2Command({ Bucket: bucket, Prefix: `${dossier}/` });
      const { Contents = [], IsTruncated } = await calling('S3 ListObjectsV2', () => this.#client.send(list));
      for (const { Key } of Contents) {
        const remove = new DeleteObjectCommand({ Bucket: bucket, Key });
        await calling('S3 DeleteObject', () => this.#client.send(remove));
      }
      if (IsTruncated !== true) return;
    }
  }

  async uploadAddress(upload: Upload, { from, until }: Period): Promise<UploadAddress> {
    const { id, sha256, size, mediaType } = upload;
    return this.#address({ key: uploadKey(id), mediaType, size, sha256 }, { from, until });
  }

  async partAddress(upload: Upload, part: number, holds: Period): Promise<UploadAddress> {
    const { size, sha256 } = partOf(upload, part);
    return this.#address({ key: partKey(upload.id, part), mediaType: 'application/octet-stream', size, sha256 }, holds);
  }

  #address(
    { key, mediaType, size, sha256 }: { key: string; mediaType: string; size: number; sha256: string },
    { from, until }: Period,
  ): Promise<UploadAddress> {
    const checksum = Buffer.from(sha256, 'hex').toString('base64');
    // S3 judges by its own clock, which a deployment for tests does not follow: what counts is how long.
    const seconds = Math.max(1, Math.floor((until - from) / 1000));
    return this.#presign.put({ bucket: this.#uploads, key, mediaType, size, checksum }, seconds);
  }

  async putUpload(id: string, bytes: Uint8Array): Promise<void> {
    await this.#write({ Key: uploadKey(id), Body: bytes });
  }

  async getUpload(id: string): Promise<Uint8Array | undefined> {
    return this.#read(this.#uploads, uploadKey(id));
  }

  async putPart(id: string, part: number, bytes: Uint8Array): Promise<void> {
    await this.#write({ Key: partKey(id, part), Body: bytes });
  }

  async getPart(id: string, part: number): Promise<Uint8Array | undefined> {
    return this.#read(this.#uploads, partKey(id, part));
  }

  async arrived(id: string): Promise<Arrived> {
    const whole = uploadKey(id);
    // An upload has fewer parts than a page has objects; ids are of one length, so nobody else's begins so.
    const list = new ListObjectsV2Command({ Bucket: this.#uploads, Prefix: whole });
    const { Contents = [] } = await calling('S3 ListObjectsV2', () => this.#client.send(list));
    const keys = Contents.flatMap(({ Key }) => Key ?? []);
    const own = keys.filter((key) => key.startsWith(`${whole}.`)).map((key) => Number(key.slice(whole.length + 1)));
    return { whole: keys.includes(whole), parts: own.toSorted((a, b) => a - b) };
  }

  async removeUpload(id: string, parts: number): Promise<void> {
    const keys = [uploadKey(id), ...Array.from({ length: parts }, (_, index) => partKey(id, index + 1))];
    while (keys.length > 0) {
      const remove = keys.splice(0, AT_ONCE).map((Key) => new DeleteObjectCommand({ Bucket: this.#uploads, Key }));
      await Promise.all(remove.map((each) => calling('S3 DeleteObject', () => this.#client.send(each))));
    }
  }

  /** Lambda answers at most 6 MB, and an address should not reach the record: so what is handed out is a copy, in plain and for a day at most. */
  async handOut(file: HandedOut, seconds: number): Promise<string> {
    const bytes = await file.bytes();
    const digest = createHash('sha256').update(bytes).digest('hex');
    checkDocumentName(file.dossier, digest);
    const Key = `handed-out/${file.dossier}/${digest}`;
    await this.#write({
      Key,
      Body: bytes,
      ContentType: file.mediaType,
      // Kept with the object, not in the address: a name is nothing for access logs.
      ContentDisposition: asDownload(file.name),
      CacheControl: 'private, no-store',
    });
    return this.#presign.get({ bucket: this.#uploads, key: Key, inPlace: file.inPlace === true }, seconds);
  }

  async #write(object: {
    Key: string;
    Body: Uint8Array;
    ContentType?: string;
    ContentDisposition?: string;
    CacheControl?: string;
  }): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#uploads,
      ChecksumSHA256: digestOf(object.Body),
      ...object,
    });
    await calling('S3 PutObject', () => this.#client.send(command));
  }

  async #read(bucket: string, key: string): Promise<Uint8Array | undefined> {
    const command = new GetObjectCommand({ Bucket: bucket, Key: key });
    try {
      return await calling('S3 GetObject', async () => (await this.#client.send(command)).Body?.transformToByteArray());
    } catch (error) {
      // Whoever may not list the bucket is told 403 for what is not there: the function's role must hold s3:ListBucket.
      if (nameOf(error) === 'NoSuchKey' || statusOf(error) === 404) return undefined;
      throw error;
    }
  }
}

function uploadKey(id: string): string {
  checkUploadName(id);
  return `uploads/${id}`;
}

function partKey(id: string, part: number): string {
  checkPart(part);
  return `${uploadKey(id)}.${part}`;
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64');
}
