import { createSign, generateKeyPairSync, verify } from 'node:crypto';
import { DecryptCommand, EncryptCommand, GetPublicKeyCommand, SignCommand } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { kmsClient } from '../../../adapters/aws/clients/kms.ts';
import { createKmsMasterKey } from '../../../adapters/aws/kms/kms-master-key.ts';
import { createKmsSeals } from '../../../adapters/aws/kms/kms-seals.ts';
import { createKmsSigningKey } from '../../../adapters/aws/kms/kms-signing-key.ts';
import { keyIdOf } from '../../../domain/key-id.ts';
import { awsFailure, PASSING } from '../../builders/aws-failure.ts';

const client = kmsClient({ region: 'ap-southeast-1' });
const kms = mockClient(client);
const ARN = 'arn:aws:kms:ap-southeast-1:123456789012:key/1';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const half = {
  KeyId: ARN,
  PublicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
  KeySpec: 'ECC_NIST_P256',
  KeyUsage: 'SIGN_VERIFY',
} as const;
const chain = async () => [];

beforeEach(() => kms.reset());

describe('a signing key in KMS', () => {
  it('is refused when it cannot make ES256', async () => {
    kms.on(GetPublicKeyCommand).resolves({ ...half, KeySpec: 'RSA_2048' });
    await expect(createKmsSigningKey({ client, keyId: 'k', chain })).rejects.toThrow(
      'expected key k to be ECC_NIST_P256',
    );
  });

  it('is asked for a digest by its own name, and answers r || s', async () => {
    kms.on(GetPublicKeyCommand).resolves(half);
    const data = Buffer.from('a record');
    kms.on(SignCommand).resolves({ Signature: new Uint8Array(createSign('sha256').update(data).sign(privateKey)) });
    const key = await createKmsSigningKey({ client, keyId: 'alias/record', chain });
    const signature = await key.sign(data);
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature)).toBe(true);
    expect(key.kid).toBe(keyIdOf(publicKey));
    const { KeyId, Message, MessageType } = kms.commandCalls(SignCommand)[0]!.args[0].input;
    expect([KeyId, Message?.length, MessageType]).toEqual([ARN, 32, 'DIGEST']);
  });

  it('shows no certificate of another key, and none where there is none', async () => {
    kms.on(GetPublicKeyCommand).resolves(half);
    const key = await createKmsSigningKey({ client, keyId: 'k', chain });
    await expect(key.certificateChain()).rejects.toThrow(`expected the certificate of key ${ARN}`);
  });

  it.each(PASSING)('can be asked again after $name', async (failure) => {
    kms.on(GetPublicKeyCommand).resolvesOnce(half).rejects(failure).on(SignCommand).rejects(failure);
    const key = await createKmsSigningKey({ client, keyId: 'k', chain });
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ name: 'TaskRetryable' });
    await expect(createKmsSigningKey({ client, keyId: 'k', chain })).rejects.toMatchObject({ name: 'TaskRetryable' });
  });

  it('is a defect where it may not be used', async () => {
    kms.on(GetPublicKeyCommand).resolves(half);
    kms.on(SignCommand).rejects(awsFailure('DisabledException', { status: 400 }));
    const key = await createKmsSigningKey({ client, keyId: 'k', chain });
    await expect(key.sign(Buffer.from('x'))).rejects.toMatchObject({ name: 'DisabledException' });
  });
});

describe('the seals of units in KMS', () => {
  const seals = () => createKmsSeals({ client, find: (unit) => ({ keyId: `alias/seal-${unit}`, chain }) });

  it('are refused for good to a unit that has no key', async () => {
    kms.on(GetPublicKeyCommand).rejects(awsFailure('NotFoundException', { status: 400 }));
    await expect(seals().of('thu-lam')).rejects.toMatchObject({ name: 'TaskTerminal' });
  });

  it('have no certificates to show of a unit without a key, and none that is not of its key', async () => {
    kms
      .on(GetPublicKeyCommand)
      .rejectsOnce(awsFailure('NotFoundException', { status: 400 }))
      .resolves(half);
    const all = seals();
    expect(await all.held('thu-lam')).toBeUndefined();
    // Its key is there, and no certificate of it: somebody has to see to that.
    await expect(all.held('thu-lam')).rejects.toThrow('expected the certificate of key');
    kms.on(GetPublicKeyCommand).rejects(awsFailure('ThrottlingException', { status: 400 }));
    await expect(all.held('dong-anh')).rejects.toMatchObject({ name: 'TaskRetryable' });
  });

  it('are asked for once a unit, and again after a failure', async () => {
    kms
      .on(GetPublicKeyCommand, { KeyId: 'alias/seal-thu-lam' })
      .rejectsOnce(awsFailure('ThrottlingException', { status: 400 }))
      .resolves(half);
    const all = seals();
    await expect(all.of('thu-lam')).rejects.toMatchObject({ name: 'TaskRetryable' });
    expect(await all.of('thu-lam')).toBe(await all.of('thu-lam'));
    expect(kms.commandCalls(GetPublicKeyCommand)).toHaveLength(2);
  });
});

describe('the master key in KMS', () => {
  const master = createKmsMasterKey({ client, keyId: ARN });

  it('wraps and unwraps for one dossier', async () => {
    kms.on(EncryptCommand).resolves({ CiphertextBlob: new Uint8Array([2]) });
    kms.on(DecryptCommand).resolves({ Plaintext: new Uint8Array([1]) });
    expect(await master.wrap(new Uint8Array([1]), 'd1')).toEqual(new Uint8Array([2]));
    expect(await master.unwrap(new Uint8Array([2]), 'd1')).toEqual(new Uint8Array([1]));
    for (const call of kms.calls())
      expect(call.args[0].input).toMatchObject({ KeyId: ARN, EncryptionContext: { dossier: 'd1' } });
  });

  it.each(PASSING)('can be asked again after $name', async (failure) => {
    kms.onAnyCommand().rejects(failure);
    await expect(master.wrap(new Uint8Array([1]), 'd1')).rejects.toMatchObject({ name: 'TaskRetryable' });
    await expect(master.unwrap(new Uint8Array([1]), 'd1')).rejects.toMatchObject({ name: 'TaskRetryable' });
  });
});
