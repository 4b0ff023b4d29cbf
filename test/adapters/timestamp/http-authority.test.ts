import { createServer, type RequestListener } from 'node:http';
import { join } from 'node:path';
import { sha256 } from '../../../adapters/cms/signed-data.ts';
import { createHttpTimestampAuthority } from '../../../adapters/timestamp/http-authority.ts';
import { buildTimestampRequest } from '../../../adapters/timestamp/timestamp-request.ts';
import { verifyTimestampToken } from '../../../adapters/timestamp/verify-token.ts';
import { listen, type RunningSample } from '../../../embedded/samples/sample-server.ts';
import { startTimestampAuthority } from '../../../embedded/samples/timestamp-authority.ts';
import { answerTimestampRequest, readTimestampIdentity } from '../../../embedded/samples/timestamp-response.ts';
import { openSigningOffice, type SigningOffice } from '../../builders/signing-office.ts';

const digest = sha256(Buffer.from('head of a dossier'));

describe('an RFC 3161 authority over HTTP', () => {
  let office: SigningOffice;
  const running: RunningSample[] = [];
  beforeAll(() => {
    office = openSigningOffice();
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.close()));
  });
  afterAll(() => office.close());

  async function serve(answer: RequestListener): Promise<string> {
    const server = await listen(createServer(answer), 0);
    running.push(server);
    return server.url;
  }
  const stampAt = (url: string) =>
    createHttpTimestampAuthority({ url, anchors: office.anchors, timeoutMs: 300 }).stamp(digest);
  const identity = () => readTimestampIdentity(join(office.dir, 'tsa'));

  it.each([500, 503, 429, 401, 403, 404, 408])('asks for another try after status %i', async (status) => {
    await expect(stampAt(await serve((_, response) => response.writeHead(status).end()))).rejects.toMatchObject({
      name: 'TaskRetryable',
    });
  });

  it('asks for another try when nobody answers, in time or at all', async () => {
    await expect(stampAt(await serve(() => undefined))).rejects.toMatchObject({ name: 'TaskRetryable' });
    await expect(stampAt('http://127.0.0.1:1')).rejects.toMatchObject({ name: 'TaskRetryable' });
  });

  it('asks for another try where something on the way answers in its place', async () => {
    await expect(stampAt(await serve((_, response) => response.end('<html>')))).rejects.toMatchObject({
      name: 'TaskRetryable',
    });
  });

  it.each([400, 413, 415])('gives up where the request itself is refused with %i', async (status) => {
    await expect(stampAt(await serve((_, response) => response.writeHead(status).end()))).rejects.toMatchObject({
      name: 'TaskTerminal',
    });
  });

  it('gives up on an answer to another request', async () => {
    const answers = [buildTimestampRequest(digest), buildTimestampRequest(sha256(Buffer.from('other')))].map(
      ({ der }) => answerTimestampRequest(der, identity(), office.clock.now()),
    );
    for (const [answer, problem] of [
      [answers[0], 'answers another request'],
      [answers[1], 'over something else'],
    ] as const) {
      await expect(stampAt(await serve((_, response) => response.end(answer)))).rejects.toThrow(problem);
    }
  });

  it('gives up on an authority that is not trusted, and on a certificate that is not for time-stamping', async () => {
    const other = openSigningOffice();
    const foreign = await startTimestampAuthority({ dir: join(other.dir, 'tsa'), port: 0, clock: other.clock });
    const sealDir = join(office.dir, 'pki', 'seals', 'u1');
    office.pki.sealOf({ id: 'u1', name: 'Đơn vị' });
    const seal = await startTimestampAuthority({ dir: sealDir, port: 0, clock: office.clock });
    running.push(foreign, seal);
    await expect(stampAt(foreign.url)).rejects.toThrow('no trusted origin');
    await expect(stampAt(seal.url)).rejects.toThrow('not for time-stamping alone');
    other.close();
  });

  it('refuses a request that is none, with a failure of RFC 3161', () => {
    const answer = Buffer.from(answerTimestampRequest(Uint8Array.of(1, 2, 3), identity(), 0));
    expect(answer.toString('latin1')).toContain('badDataFormat');
  });

  it('stamps a digest at its time', async () => {
    const authority = await startTimestampAuthority({ dir: join(office.dir, 'tsa'), port: 0, clock: office.clock });
    running.push(authority);
    const { token, time } = await stampAt(authority.url);
    expect(time).toBe(office.clock.now());
    expect(verifyTimestampToken(token, { digest, anchors: office.anchors })).toMatchObject({ ok: true, time });
  });
});
