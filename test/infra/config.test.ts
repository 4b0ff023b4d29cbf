import { App } from 'aws-cdk-lib';
import { configOf } from '../../infra/app.ts';
import { dev } from '../../infra/config/dev.ts';
import { checkConfig } from '../../infra/config/environment-config.ts';
import { production } from '../../infra/config/production.ts';

const named = (context: Record<string, string>) => configOf(new App({ context }));

describe('the configuration of an environment', () => {
  it('is refused where AWS would be asked for plain HTTP, a short audience or a unit that is no id', () => {
    expect(() => checkConfig({ ...production, signer: 'http://signer.example' })).toThrow(/signer/);
    const page = { ...production.console, signingPage: 'http://signer.example/authorize' };
    expect(() => checkConfig({ ...production, console: page })).toThrow(/console\.signingPage/);
    const issuer = { ...production.issuer, audience: '' };
    expect(() => checkConfig({ ...production, issuer })).toThrow(/issuer\.audience/);
    expect(() => checkConfig({ ...production, seals: ['Thu Lâm'] })).toThrow(/seals/);
    expect(() => checkConfig({ ...production, testClock: true })).toThrow(/testClock/);
    expect(() => checkConfig({ ...production, restored: 'onetrack-restored' })).toThrow(
      /LatestStreamArn.*\n.*restored/,
    );
  });

  it('is refused for an emulator under any name but `test`, and for one that claims to be protected', () => {
    const { domain: _, ...rest } = production as typeof production & { domain?: unknown };
    expect(() => checkConfig({ ...rest, kind: 'emulator' })).toThrow(/name|protected/);
  });

  it('may have a console at which nobody logs in, and one whose client has no secret', () => {
    expect(checkConfig({ ...production, console: {} }).console).toEqual({});
    const login = { client: 'onetrack-console', secret: false };
    expect(checkConfig({ ...production, console: { login } }).console).toEqual({ login });
  });

  it('is found by name, and no other', () => {
    expect(named({ environment: 'production' })).toEqual(production);
    expect(named({})).toEqual(dev);
    expect(() => named({ environment: 'staging' })).toThrow('expected one of dev, production, test, got staging');
  });

  it('takes from the test’s harness where its services listen, for the test alone', () => {
    const services = JSON.stringify({ signer: 'http://127.0.0.1:7777' });
    expect(named({ environment: 'test', services })).toMatchObject({ signer: 'http://127.0.0.1:7777' });
    expect(named({ environment: 'production', services })).toEqual(production);
  });
});
