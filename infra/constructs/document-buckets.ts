import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type BucketProps,
  HttpMethods,
  type IBucket,
  ObjectLockRetention,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';

interface BucketsProps {
  key: IKey;
  /** Where the pages are: a script of theirs may put files from there, and nothing else may from anywhere. */
  pages: string;
  documents: EnvironmentConfig['documents'];
  logDays: number;
  protect: boolean;
}

/** Where bytes lie: what is kept, what only passes through, and who came for it. All by TLS alone, none public. */
export class DocumentBuckets extends Construct {
  /** Encrypted documents: versioned, each locked from its first second. */
  readonly documents: Bucket;
  /** Uploads and hand-outs: gone within two days. */
  readonly transfers: Bucket;

  constructor(scope: Construct, id: string, { key, pages, documents, logDays, protect }: BucketsProps) {
    super(scope, id);
    const removal: BucketProps = protect
      ? { removalPolicy: RemovalPolicy.RETAIN }
      : { removalPolicy: RemovalPolicy.DESTROY };
    const all: BucketProps = {
      ...removal,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
    };
    const accessLogs = new Bucket(this, 'AccessLogs', {
      ...all,
      // The service that delivers access logs writes under keys of S3 itself.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ expiration: Duration.days(logDays), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
    const encrypted: BucketProps = {
      ...all,
      encryption: BucketEncryption.KMS,
      encryptionKey: key,
      // One request to KMS for many objects.
      bucketKeyEnabled: true,
      // A bucket, though its own types are not exact about what may be absent.
      serverAccessLogsBucket: accessLogs as IBucket,
    };
    const retention = Duration.days(documents.days);
    this.documents = new Bucket(this, 'Documents', {
      ...encrypted,
      serverAccessLogsPrefix: 'documents/',
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention:
        documents.lock === 'COMPLIANCE'
          ? ObjectLockRetention.compliance(retention)
          : ObjectLockRetention.governance(retention),
      // A document is behind a marker once its dossier was disposed of: it goes when its lock has ended, and as long after as the table can be brought back.
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(35),
          expiredObjectDeleteMarker: true,
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    this.transfers = new Bucket(this, 'Transfers', {
      ...encrypted,
      serverAccessLogsPrefix: 'transfers/',
      // What an address may be used for its signature says; this lets a browser send it what the pages' script asks for.
      cors: [
        {
          allowedMethods: [HttpMethods.PUT],
          allowedOrigins: [pages],
          allowedHeaders: ['content-type', 'x-amz-checksum-sha256'],
          maxAge: 3600,
        },
      ],
      // S3 looks once a day: an object is gone a day after its day at the latest.
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
  }
}
