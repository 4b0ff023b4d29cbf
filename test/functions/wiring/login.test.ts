import { openLogin } from '../../../functions/wiring/login.ts';
import { transfersOrigin } from '../../../functions/wiring/documents.ts';
import { WrongEnvironment } from '../../../schemas/environment.ts';

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

function told(login: unknown): ReturnType<typeof openLogin> {
  process.env['ONETRACK_ISSUER'] = 'https://issuer.example/';
  process.env['ONETRACK_LOGIN'] = JSON.stringify(login);
  return openLogin();
}

describe('what the console is told of logins', () => {
  it('is nothing where no client is configured: nobody logs in', () => {
    expect(told({})).toEqual({});
  });

  it('is its client at the issuer, and the signing service’s page', () => {
    const { login, signingPage } = told({ client: { id: 'c' }, signingPage: 'https://signer.example/authorize' });
    expect(typeof login?.begin).toBe('function');
    expect(signingPage).toBe('https://signer.example/authorize');
  });

  it('is refused where it is not what it must be, when the function starts', () => {
    expect(() => told({ client: { id: '' } })).toThrow(WrongEnvironment);
    expect(() => told({ client: { id: 'c', secret: 'the secret itself' } })).toThrow(WrongEnvironment);
  });
});

describe('where files lie', () => {
  it('is the bucket’s own address, or that of an emulator', () => {
    process.env['ONETRACK_TRANSFERS'] = 'transfers';
    process.env['AWS_REGION'] = 'ap-southeast-1';
    delete process.env['AWS_ENDPOINT_URL'];
    expect(transfersOrigin()).toBe('https://transfers.s3.ap-southeast-1.amazonaws.com');
    process.env['AWS_ENDPOINT_URL'] = 'http://127.0.0.1:4566';
    expect(transfersOrigin()).toBe('http://127.0.0.1:4566');
  });
});
