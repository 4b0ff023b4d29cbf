import { verify } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../../adapters/cms/signed-data.ts';
import { createCscSigner } from '../../../adapters/signer/csc-signer.ts';
import { authorizeHash, enrolOfficial } from '../../../embedded/samples/officials.ts';
import { startRemoteSigner } from '../../../embedded/samples/remote-signer.ts';
import { listen, type RunningSample } from '../../../embedded/samples/sample-server.ts';
import { openSigningOffice, publicKeyOf, type SigningOffice } from '../../builders/signing-office.ts';

const document = Buffer.from('signed attributes');
const hash = sha256(document);
const otherHash = sha256(Buffer.from('another document'));
const official = { id: 'off-1', name: 'Nguyễn Văn Ấ', organisation: 'UBND xã X', pin: '135790' };

describe('a remote signer', () => {
  let office: SigningOffice;
  let service: RunningSample;
  let now: number;
  const clock = { now: () => now };
  const tokens = { clientToken: 'client', adminToken: 'admin' };
  beforeAll(async () => {
    office = openSigningOffice();
    now = office.clock.now();
    service = await startRemoteSigner({ dir: join(office.dir, 'signer'), port: 0, clock, ...tokens });
    await enrolOfficial({ url: service.url, adminToken: 'admin' }, office.pki, official);
    await enrolOfficial({ url: service.url, adminToken: 'admin' }, office.pki, { ...official, id: 'off-2' });
  });
  beforeEach(() => {
    now += 3600_000;
  });
  afterAll(async () => {
    await service.close();
    office.close();
  });
  const signer = () => createCscSigner({ url: service.url, token: 'client', timeoutMs: 500 });
  const authorise = (id = 'off-1') => authorizeHash(service.url, { id, pin: official.pin }, hash);

  it.each([
    ['made up', async () => 'made-up', 'activation-invalid'],
    ["another official's", () => authorise('off-2'), 'activation-invalid'],
  ])('refuses an activation that is %s', async (_, activationOf, code) => {
    const activation = await activationOf();
    expect(await signer().signHash({ credentialId: 'off-1', hash, activation })).toMatchObject({
      ok: false,
      refusal: { code },
    });
  });

  it('refuses a hash that the official has not authorised', async () => {
    const activation = await authorise();
    expect(await signer().signHash({ credentialId: 'off-1', hash: otherHash, activation })).toMatchObject({
      ok: false,
      refusal: { code: 'activation-invalid' },
    });
  });

  it('refuses an activation after its five minutes', async () => {
    const activation = await authorise();
    now += 5 * 60_000;
    expect(await signer().signHash({ credentialId: 'off-1', hash, activation })).toMatchObject({
      ok: false,
      refusal: { code: 'activation-expired' },
    });
  });

  it('refuses a credential that it does not know', async () => {
    expect(await signer().credential('../off-1')).toBeUndefined();
    expect(await signer().signHash({ credentialId: 'nobody', hash, activation: 'x' })).toMatchObject({
      ok: false,
      refusal: { code: 'credential-unusable' },
    });
  });

  it('locks a credential after five wrong PINs, for a minute', async () => {
    for (let i = 0; i < 5; i++)
      await expect(authorizeHash(service.url, { id: 'off-2', pin: 'wrong' }, hash)).rejects.toThrow('status 400');
    await expect(authorise('off-2')).rejects.toThrow('status 400');
    now += 60_000;
    await expect(authorise('off-2')).resolves.toEqual(expect.any(String));
  });

  it('gives up where the service does not accept the platform', async () => {
    const stranger = createCscSigner({ url: service.url, token: 'stranger' });
    await expect(stranger.credential('off-1')).rejects.toMatchObject({ name: 'TaskTerminal' });
  });

  it('asks for another try when the service is away, slow or failing', async () => {
    const answers: RequestListener[] = [() => undefined, (_, response) => response.writeHead(503).end()];
    for (const answer of answers) {
      const server = await listen(createServer(answer), 0);
      const slow = createCscSigner({ url: server.url, token: 'client', timeoutMs: 200 });
      await expect(slow.signHash({ credentialId: 'off-1', hash, activation: 'x' })).rejects.toMatchObject({
        name: 'TaskRetryable',
      });
      await server.close();
    }
    await expect(createCscSigner({ url: 'http://127.0.0.1:1', token: 'x' }).credential('off-1')).rejects.toMatchObject({
      name: 'TaskRetryable',
    });
  });

  it('asks again where something on the way answers in place of the service', async () => {
    const server = await listen(
      createServer((_, response) => response.end('<html>please log in to this network</html>')),
      0,
    );
    await expect(
      createCscSigner({ url: server.url, token: 'x' }).signHash({ credentialId: 'off-1', hash, activation: 'x' }),
    ).rejects.toMatchObject({ name: 'TaskRetryable' });
    await server.close();
  });

  it('gives up on an answer that is not of the API', async () => {
    const server = await listen(
      createServer((_, response) => response.end('{"ok":true}')),
      0,
    );
    await expect(
      createCscSigner({ url: server.url, token: 'x' }).signHash({ credentialId: 'off-1', hash, activation: 'x' }),
    ).rejects.toMatchObject({ name: 'TaskTerminal' });
    await server.close();
  });

  it('signs an authorised hash, and answers the same value when asked again', async () => {
    const activation = await authorise();
    const [first, again] = [
      await signer().signHash({ credentialId: 'off-1', hash, activation }),
      await signer().signHash({ credentialId: 'off-1', hash, activation }),
    ];
    const credential = await signer().credential('off-1');
    const confirming = { key: publicKeyOf(credential?.certificateChain ?? []), dsaEncoding: 'ieee-p1363' } as const;
    expect(first.ok && verify('sha256', document, confirming, first.value)).toBe(true);
    expect(again).toEqual(first);
  });

  it('keeps its keys over a restart, and the platform has none of them', async () => {
    const before = await signer().credential('off-1');
    await service.close();
    service = await startRemoteSigner({ dir: join(office.dir, 'signer'), port: 0, clock, ...tokens });
    expect(await signer().credential('off-1')).toEqual(before);
    const platform = readdirSync(join(office.dir, 'pki'), { recursive: true, encoding: 'utf8' });
    expect(platform.filter((file) => file.includes('off-'))).toEqual([]);
  });
});
