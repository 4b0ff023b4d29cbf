import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateAliasCommand, CreateKeyCommand } from '@aws-sdk/client-kms';
import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { CreateBucketCommand, DeleteObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { kmsClient } from '../../../adapters/aws/clients/kms.ts';
import { s3Client } from '../../../adapters/aws/clients/s3.ts';
import { sesClient } from '../../../adapters/aws/clients/ses.ts';
import { createKmsMasterKey } from '../../../adapters/aws/kms/kms-master-key.ts';
import { createKmsSeals } from '../../../adapters/aws/kms/kms-seals.ts';
import { requestKmsCertificate } from '../../../adapters/aws/kms/kms-certificate-request.ts';
import { createSesNotifier } from '../../../adapters/aws/ses/ses-notifier.ts';
import { toPem } from '../../../adapters/cms/certificate.ts';
import { readChain } from '../../../adapters/cms/read-chain.ts';
import { createLocalPki } from '../../../adapters/local/pki/local-pki.ts';
import { signedAt } from '../../builders/signing-office.ts';
import { describeMasterKey, describeSigningKey } from '../../contracts/keys.ts';
import { describeNotifier } from '../../contracts/notifier.ts';
import { createPresigner } from '../../../adapters/aws/s3/presigner.ts';
import { S3DocumentStore } from '../../../adapters/aws/s3/s3-document-store.ts';
import { dossierId } from '../../builders/dossiers.ts';
import { describeDocumentStore } from '../../contracts/document-store.ts';
import { describeFileAddresses } from '../../contracts/file-addresses.ts';
import { workflowEngineContract } from '../../contracts/workflow-engine.ts';
import { hasMiniStack, startMiniStack, type MiniStack } from '../../oracles/ministack/start.ts';
import { openMiniStackEngine } from './ministack-engine.ts';

const judged = hasMiniStack || process.env['CI'] === 'true' ? describe : describe.skip;
if (judged === describe.skip)
  process.stderr.write('MiniStack is missing: the contracts on it are skipped (scripts/oracles.sh installs it)\n');

/** In an account nothing is shared: a fresh one stands for an empty AWS. */
let accounts = 100_000_000_000;
let names = 0;

interface Received {
  To: string[];
  Subject: string;
  BodyText: string;
}

judged('AWS, as MiniStack has it', () => {
  let ministack: MiniStack;
  beforeAll(async () => {
    ministack = await startMiniStack();
  }, 60_000);
  afterAll(() => ministack.stop());
  const account = (): string => String((accounts += 1));

  const openS3 = async () => {
    const id = account();
    const client = s3Client(ministack.account(id));
    const [passing, kept] = [`passing-${id}`, `kept-${id}`];
    await client.send(new CreateBucketCommand({ Bucket: passing }));
    await client.send(new CreateBucketCommand({ Bucket: kept, ObjectLockEnabledForBucket: true }));
    const buckets = { uploads: { bucket: passing }, documents: { bucket: kept, retentionDays: 1 } };
    return { client, kept, store: new S3DocumentStore({ client, ...buckets, presign: createPresigner(client) }) };
  };
  const close = async ({ client }: { client: { destroy: () => void } }) => client.destroy();

  describeDocumentStore('S3, as a DocumentStore', async () => {
    const opened = await openS3();
    return { store: opened.store, reopen: async () => opened.store, close: () => close(opened) };
  });

  describeFileAddresses('Addresses of S3', async () => {
    const opened = await openS3();
    const bytes = Buffer.from('%PDF-1.7');
    return {
      store: opened.store,
      announce: async () => undefined,
      kept: async () => ({ dossier: dossierId(1), document: 'ab'.repeat(32), bytes }),
      send: fetch,
      // A deployment for tests may be days ahead of S3.
      now: () => Date.now() + 30 * 86_400_000,
      pass: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      close: () => close(opened),
    };
  });

  it('keeps a document under its lock, in one version, whoever writes or deletes it again', async () => {
    const { client, kept, store } = await openS3();
    const document = { dossier: dossierId(1), name: 'ab'.repeat(32), bytes: Buffer.from('sealed') };
    await store.put(document);
    await store.put({ ...document, bytes: Buffer.from('other') });
    const Key = `${document.dossier}/${document.name}`;
    const { Versions = [] } = await client.send(new ListObjectVersionsCommand({ Bucket: kept, Prefix: Key }));
    expect(Versions).toHaveLength(1);
    const deleted = client.send(new DeleteObjectCommand({ Bucket: kept, Key, VersionId: Versions[0]?.VersionId }));
    await expect(deleted).rejects.toMatchObject({ name: 'AccessDenied' });
    expect(Buffer.from((await store.get(document.dossier, document.name)) ?? []).toString()).toBe('sealed');
  });

  describeSigningKey('A key in KMS, certified by its own request', async () => {
    const client = kmsClient(ministack.account(account()));
    const dir = await mkdtemp(join(tmpdir(), 'onetrack-ca-'));
    const pki = createLocalPki(dir, { now: () => signedAt });
    const created = await client.send(new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }));
    const keyId = created.KeyMetadata?.KeyId ?? '';
    await client.send(new CreateAliasCommand({ AliasName: 'alias/seal-thu-lam', TargetKeyId: keyId }));
    const unit = { id: 'thu-lam', name: 'Xã Thư Lâm' };
    const request = await requestKmsCertificate({ client, keyId, subject: unit });
    const certificates = pki.certify('seal', unit, Buffer.from(request.replaceAll(/-----.*-----/g, ''), 'base64'));
    const seals = createKmsSeals({
      client,
      find: (id) => ({ keyId: `alias/seal-${id}`, chain: async () => readChain(certificates.map(toPem).join('')) }),
    });
    const done = () => rm(dir, { recursive: true });
    return { key: await seals.of('thu-lam'), root: pki.root, at: signedAt, close: done };
  });

  it('has no seal for a unit without a key', async () => {
    const client = kmsClient(ministack.account(account()));
    const seals = createKmsSeals({ client, find: (id) => ({ keyId: `alias/seal-${id}`, chain: async () => [] }) });
    await expect(seals.of('nobody')).rejects.toMatchObject({ name: 'TaskTerminal' });
  });

  describeMasterKey(
    'A master key in KMS',
    async () => {
      const client = kmsClient(ministack.account(account()));
      const made = async () => {
        const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
        return createKmsMasterKey({ client, keyId: KeyMetadata?.Arn ?? '' });
      };
      return { key: await made(), other: await made(), close: () => close({ client }) };
    },
    {
      'opens nothing that was changed': 'what it encrypts it does not authenticate (AWS: InvalidCiphertextException)',
      'opens nothing that another key wrapped': 'Decrypt does not look at KeyId (AWS: IncorrectKeyException)',
    },
  );

  describe('SES', () => {
    const from = 'Onetrack <no-reply@onetrack.example>';

    describeNotifier('as a Notifier', async () => {
      const id = account();
      const client = sesClient(ministack.account(id));
      await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'no-reply@onetrack.example' }));
      return {
        notifier: createSesNotifier({ client, from }),
        async arrived(to) {
          const answer = await fetch(`${ministack.url}/_ministack/ses/messages?account=${id}`);
          const { messages } = (await answer.json()) as { messages: Record<string, Received[] | undefined> };
          return (messages[id] ?? [])
            .filter(({ To }) => To.includes(to))
            .map(({ Subject, BodyText }) => ({ subject: Subject, text: BodyText }));
        },
        close: () => close({ client }),
      };
    });

    it('refuses for good what comes from an address that was not verified', async () => {
      const client = sesClient(ministack.account(account()));
      const mail = { id: 'n1', to: 'mai@example.org', subject: 's', text: 't', attachments: [] };
      await expect(createSesNotifier({ client, from }).send(mail)).rejects.toMatchObject({ name: 'TaskTerminal' });
    });
  });

  describe('Step Functions, as a WorkflowEngine', () => {
    workflowEngineContract(
      () => openMiniStackEngine(ministack, account()),
      () => `n${String((names += 1))}`,
      {
        'refuses a machine whose definition is not valid': 'definitions are taken unread',
        'tells what happened, in the words of Step Functions': 'the history has no TaskStarted',
      },
    );
  });
});
