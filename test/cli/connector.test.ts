import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorCommand } from '../../cli/commands/connector.ts';
import { registerService, sampleConnectors, SampleRegisters } from '../../embedded/samples/registers.ts';
import { listen, type RunningSample } from '../../embedded/samples/sample-server.ts';
import { TlsAuthority } from '../builders/tls-authority.ts';
import { runCommand } from '../builders/run-command.ts';

const CLIENT = { clientId: 'onetrack', clientSecret: 'of-this-test' };
const CONTRACT = {
  purpose: 'Trial',
  legalBasis: 'Agreement 1',
  known: { key: '17-204', fields: { use: 'dwelling', area: 96 } },
  unknown: '99-1',
};

let dir: string;
let registers: SampleRegisters;
let service: RunningSample;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'onetrack-connector-'));
  registers = new SampleRegisters();
  service = await listen(registerService(registers, CLIENT), 0);
});
afterEach(async () => {
  await service.close();
  rmSync(dir, { recursive: true });
});

const write = (name: string, value: unknown): void => writeFileSync(join(dir, name), JSON.stringify(value));
const run = (...args: string[]) => runCommand(connectorCommand, args, dir);

/** Tries the land register as it is now. */
async function check(change: { endpoint?: object; contract?: object } = {}, url = service.url) {
  const land = sampleConnectors(url, CLIENT, 400).find(({ id }) => id === 'land');
  if (!land) throw new Error('expected the register of land');
  write('land.json', { ...land, readiness: 'planned', endpoint: { ...land.endpoint, ...change.endpoint } });
  write('land.contract.json', { ...CONTRACT, ...change.contract });
  const { code, out } = await run('check', 'land.json', '--contract', 'land.contract.json', '--json');
  const { held } = JSON.parse(out) as { held: { what: string; fault?: string }[] };
  return { code, faults: held.flatMap(({ what, fault }) => (fault === undefined ? [] : [`${what}: ${fault}`])), held };
}

describe('onetrack connector check', () => {
  it('holds where the register does what its contract says', async () => {
    expect(await check()).toMatchObject({ code: 0, faults: [], held: { length: 5 } });
    const { out } = await run('check', 'land.json', '--contract', 'land.contract.json');
    expect(out).toContain('holds  says what it has\n');
  });

  it('fails where it answers in another form, naming the place and no value', async () => {
    registers.setState('land', 'lies');
    const { code, faults } = await check();
    expect({ code, faults }).toEqual({
      code: 1,
      faults: ['says what it has: unusable: /record/id: expected the key that was asked for'],
    });
  });

  it.each([
    ['down', 'down: status 503'],
    ['slow', 'slow: no answer within 400 ms'],
  ] as const)('fails where it is %s', async (state, fault) => {
    registers.setState('land', state);
    const { code, faults, held } = await check();
    expect({ code, faults }).toEqual({
      code: 1,
      faults: [`says what it has: ${fault}`, `says that it has nothing: ${fault}`],
    });
    // Who does not answer at all says nothing twice, and keeps nobody out.
    expect(held).toHaveLength(3);
  });

  it('fails where it has other values, or has what it should not', async () => {
    const known = { key: '17-204', fields: { use: 'paddy', area: 96 } };
    const { code, faults } = await check({ contract: { known, unknown: '17-205' } });
    expect({ code, faults }).toEqual({
      code: 1,
      faults: ['says what it has: other values than the contract: use', 'says that it has nothing: found'],
    });
  });

  it('fails where anybody is let in, unless the contract says so', async () => {
    const open = await listen(registerService(registers), 0);
    const bare = { credentials: undefined };
    const found = await check({ endpoint: bare }, open.url);
    expect(found).toMatchObject({ code: 1, faults: [expect.stringMatching(/^keeps out strangers: no credentials/)] });
    expect(await check({ endpoint: bare, contract: { open: true } }, open.url)).toMatchObject({ code: 0 });
    const { out } = await run('check', 'land.json', '--contract', 'land.contract.json');
    expect(out).toContain('holds  is open to anybody, as its contract says\n');
    expect(out).not.toContain('keeps out');
    await open.close();
  });

  it('fails where a stranger was not turned away but met a fault, which keeps nobody out', async () => {
    const known = registerService(registers, CLIENT);
    const own = `Basic ${Buffer.from(`${CLIENT.clientId}:${CLIENT.clientSecret}`).toString('base64')}`;
    const faulty = await listen(
      createServer((request, response) => {
        const isStranger = request.url === '/token' && request.headers.authorization !== own;
        if (isStranger) response.writeHead(503).end();
        else known.emit('request', request, response);
      }),
      0,
    );
    expect(await check({}, faulty.url)).toMatchObject({
      code: 1,
      faults: ['keeps out a wrong secret: down: token endpoint: status 503'],
    });
    await faulty.close();
  });

  it('fails at a certificate that is over, and asks nobody', async () => {
    const client = new TlsAuthority('a').issue('b', { from: -7_200_000, until: -3_600_000 });
    const { code, faults } = await check({ endpoint: { url: 'https://localhost:1', client, credentials: undefined } });
    expect({ code, faults }).toEqual({
      code: 1,
      faults: [
        expect.stringMatching(
          /\/endpoint\/client\/certificate: expected a certificate that still holds, got one that ended \d{4}-/,
        ),
      ],
    });
  });

  it('says when a certificate will be over within 30 days, which fails nothing', async () => {
    const authority = new TlsAuthority('a');
    const endpoint = (days: number) => ({
      url: 'https://localhost:1',
      client: authority.issue('b', { until: days * 86_400_000 + 3_600_000 }),
      credentials: undefined,
    });
    const { held } = await check({ endpoint: endpoint(12) });
    expect(held[0]).toMatchObject({
      soon: expect.stringMatching(/^\/endpoint\/client\/certificate ends \d{4}-\d\d-\d\d, in 12 days$/),
    });
    const { out } = await run('check', 'land.json', '--contract', 'land.contract.json');
    expect(out).toMatch(/^holds {2}is described .*\nNOTE {3}\/endpoint\/client\/certificate ends /);
    expect((await check({ endpoint: endpoint(31) })).held[0]).toEqual({ what: expect.any(String) as unknown });
  });

  it('is used wrongly where a file is not as described; what it holds is not told', async () => {
    write('land.contract.json', CONTRACT);
    write('land.json', { id: 'land', endpoint: { url: 'https://x.example', client: { key: 'of-this-test' } } });
    const { code, err } = await run('check', 'land.json', '--contract', 'land.contract.json');
    expect(code).toBe(2);
    expect(err).toContain('/endpoint/client/key: expected PEM');
    expect(err).not.toContain('of-this-test');
    writeFileSync(join(dir, 'land.json'), '{ "clientSecret": of-this-test }');
    const cut = await run('check', 'land.json', '--contract', 'land.contract.json');
    expect(cut).toMatchObject({ code: 2, err: expect.stringContaining('land.json: expected well-formed JSON') });
    expect(cut.err).not.toContain('of-this');
  });
});

describe('onetrack connector new', () => {
  it('writes a description that is planned and its contract, for their owner alone, and overwrites nothing', async () => {
    expect(await run('new', 'tax')).toMatchObject({ code: 0, out: 'tax.json\ntax.contract.json\n' });
    expect(JSON.parse(readFileSync(join(dir, 'tax.json'), 'utf8'))).toMatchObject({ id: 'tax', readiness: 'planned' });
    expect(statSync(join(dir, 'tax.json')).mode & 0o077).toBe(0);
    // Nobody answers there, so nothing holds; but both files are as described.
    expect(await run('check', 'tax.json', '--contract', 'tax.contract.json')).toMatchObject({ code: 1 });
    expect(await run('new', 'tax')).toMatchObject({ code: 2 });
    const misnamed = await run('new', 'Not an id');
    expect(misnamed).toMatchObject({ code: 2, err: expect.stringContaining('Not an id: expected lower-case words') });
    expect(misnamed.err).not.toContain('"code"');
    expect(await run('check', 'tax.json')).toMatchObject({ code: 2 });
    expect(await run('guess', 'tax')).toMatchObject({ code: 2 });
  });

  it('writes neither file where one is there', async () => {
    writeFileSync(join(dir, 'land.contract.json'), 'mine');
    expect(await run('new', 'land')).toMatchObject({ code: 2, out: '' });
    expect(existsSync(join(dir, 'land.json'))).toBe(false);
    expect(readFileSync(join(dir, 'land.contract.json'), 'utf8')).toBe('mine');
  });
});
