import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { deriveKey } from '../../../adapters/aws/kms/kms-derived-key.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import { PASSING } from '../../builders/aws-failure.ts';

const client = new KMSClient({ region: 'ap-southeast-1' });
const kms = mockClient(client);
beforeEach(() => kms.reset());
const derived = () => deriveKey({ client, keyId: 'key', purpose: 'index, version 1' });

describe('a key derived by KMS', () => {
  it('is refused in another length: the index would be kept under a weaker one', async () => {
    kms
      .on(GenerateMacCommand)
      .resolvesOnce({ Mac: new Uint8Array(28) })
      .resolves({});
    await expect(derived()).rejects.toThrow('expected 32 bytes in an answer of KMS, got 28');
    await expect(derived()).rejects.toThrow('got none');
  });

  it.each(PASSING)('is asked for again when the service says $name', async (failure) => {
    kms.on(GenerateMacCommand).rejects(failure);
    await expect(derived()).rejects.toThrow(TaskRetryable);
  });

  it('is the HMAC over its purpose', async () => {
    const Mac = new Uint8Array(32).fill(7);
    kms
      .on(GenerateMacCommand, {
        KeyId: 'key',
        MacAlgorithm: 'HMAC_SHA_256',
        Message: Buffer.from('index, version 1'),
      })
      .resolves({ Mac });
    expect(await derived()).toEqual(Mac);
  });
});
