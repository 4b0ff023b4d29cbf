import { ApiHouse } from '../../builders/api-house.ts';
import { TlsAuthority } from '../../builders/tls-authority.ts';

let house: ApiHouse;
let admin: string;
const DAY = 86_400_000;
const authority = new TlsAuthority('Registers');
const ours = authority.issue('onetrack');

beforeAll(async () => {
  house = await ApiHouse.open(['test/functions/sources/stall.yaml']);
  admin = await house.admin();
});
afterAll(() => house.close());

const aRegister = (endpoint: Record<string, unknown>) => ({
  id: 'land-by-certificate',
  name: 'Land',
  authority: 'Ministry',
  readiness: 'planned',
  endpoint: { url: 'https://land.example/ask', client: ours, ca: authority.ca, ...endpoint },
});

const put = (endpoint: Record<string, unknown> = {}) =>
  house.send('PUT', '/connectors/land-by-certificate', { token: admin, body: aRegister(endpoint) });

describe('a register that lets in by certificate', () => {
  it('shows the certificate and never its key, nor the secret beside it', async () => {
    const credentials = { tokenUrl: 'https://land.example/token', clientId: 'onetrack', clientSecret: 'of-this-test' };
    const written = await put({ credentials });
    expect(written).toMatchObject({ status: 200, body: { endpoint: { client: { certificate: ours.certificate } } } });
    const read = await house.send('GET', '/connectors/land-by-certificate', { token: admin });
    const listed = await house.send('GET', '/connectors', { token: admin });
    const [line = ''] = ours.key.split('\n').slice(1);
    for (const { status, body } of [written, read, listed]) {
      expect(status).toBe(200);
      expect(JSON.stringify(body)).not.toMatch(/PRIVATE KEY|of-this-test/);
      expect(JSON.stringify(body)).not.toContain(line);
    }
  });

  it.each([
    ['the key of another', { client: { ...ours, key: authority.issue('x').key } }, '/endpoint/client/key'],
    [
      'a key that is none',
      { client: { ...ours, key: ours.key.replace(/\n.{8}/, '\nAAAAAAAA') } },
      '/endpoint/client/key',
    ],
    [
      'a certificate that has ended',
      { client: authority.issue('x', { from: -60 * DAY, until: -30 * DAY }) },
      '/endpoint/client/certificate',
    ],
    [
      'a certificate that is none',
      { client: { ...ours, certificate: ours.certificate.replace(/\n.{8}/, '\nAAAAAAAA') } },
      '/endpoint/client/certificate',
    ],
    ['authorities that are none', { ca: authority.ca.replace(/\n.{8}/, '\nAAAAAAAA') }, '/endpoint/ca'],
    ['no PEM', { client: { ...ours, key: 'arn:of:a:secret' } }, '/endpoint/client/key'],
    ['plain HTTP', { url: 'http://land.example/ask' }, '/endpoint/url'],
  ])('is refused with %s', async (_, endpoint, at) => {
    const { status, body } = await put(endpoint);
    expect({ status, body }).toMatchObject({ body: { errors: [{ at }] } });
    expect([400, 422]).toContain(status);
    expect(JSON.stringify(body)).not.toMatch(/BEGIN|arn:of/);
  });
});
