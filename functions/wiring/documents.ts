import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { bucketOrigin } from '../../adapters/aws/s3/bucket-origin.ts';
import type { DocumentStore } from '../../domain/ports/document-store.ts';
import { readPart } from '../../schemas/environment.ts';
import { atFirstNeed } from './ports.ts';

/** Documents in S3, and where a function has to do with them the files on their way in and out. */
export function openDocuments(transfers?: 'transfers' | 'expiredTransfers'): DocumentStore {
  const { ONETRACK_DOCUMENTS: documents } = readPart('documents', process.env);
  const uploads = transfers === undefined ? '' : readPart(transfers, process.env).ONETRACK_TRANSFERS;
  return atFirstNeed<DocumentStore>(async () => {
    const { openS3Documents } = await import('./s3-documents.ts');
    return openS3Documents({ documents, uploads });
  });
}

/** Where the addresses lead by which files come in and go out. */
export function transfersOrigin(): string {
  return bucketOrigin(readPart('transfers', process.env).ONETRACK_TRANSFERS, clientOptions(process.env));
}
