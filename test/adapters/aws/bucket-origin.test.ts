import { s3Client } from '../../../adapters/aws/clients/s3.ts';
import { bucketOrigin } from '../../../adapters/aws/s3/bucket-origin.ts';
import { createPresigner } from '../../../adapters/aws/s3/presigner.ts';

const credentials = { accessKeyId: 'a', secretAccessKey: 's' };

describe('where signed addresses of a bucket lead', () => {
  it.each([
    { region: 'ap-southeast-1' },
    { region: 'eu-north-1' },
    { region: 'ap-southeast-1', endpoint: 'http://127.0.0.1:4566' },
  ])('is known beforehand: %j', async (options) => {
    const client = s3Client({ ...options, credentials });
    const address = await createPresigner(client).get({ bucket: 'onetrack-transfers', key: 'uploads/u' }, 300);
    expect(new URL(address).origin).toBe(bucketOrigin('onetrack-transfers', options));
    client.destroy();
  });
});
