import { join } from 'node:path';
import { sha256 } from '../../../adapters/cms/signed-data.ts';
import { createHttpTimestampAuthority } from '../../../adapters/timestamp/http-authority.ts';
import { createCscSigner } from '../../../adapters/signer/csc-signer.ts';
import { spawnSigningService } from '../../../embedded/samples/sample-process.ts';
import { openSigningOffice } from '../../builders/signing-office.ts';

describe('a sample service as a process of its own', () => {
  it('refuses to start without what it needs', async () => {
    await expect(spawnSigningService('timestamp-authority', { dir: '/nowhere' })).rejects.toThrow('it ended');
  });

  it('answers on this machine until it is stopped', async () => {
    const office = openSigningOffice(Date.now());
    const authority = await spawnSigningService('timestamp-authority', { dir: join(office.dir, 'tsa') });
    const signer = await spawnSigningService('remote-signer', {
      dir: join(office.dir, 'signer'),
      tokens: { client: 'c', admin: 'a' },
    });
    const stamp = await createHttpTimestampAuthority({ url: authority.url, anchors: office.anchors }).stamp(
      sha256(Buffer.from('x')),
    );
    expect(Math.abs(stamp.time - Date.now())).toBeLessThan(60_000);
    expect(await createCscSigner({ url: signer.url, token: 'c' }).credential('nobody')).toBeUndefined();
    await Promise.all([authority.stop(), signer.stop()]);
    expect(() => process.kill(authority.pid, 0)).toThrow('ESRCH');
    office.close();
  });
});
