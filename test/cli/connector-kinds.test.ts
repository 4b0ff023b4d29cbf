import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectorCommand } from '../../cli/commands/connector.ts';
import { agencySystems } from '../../embedded/samples/agency-systems.ts';
import { keeperConnectors, SampleKeepers } from '../../embedded/samples/number-keepers.ts';
import { registerService, SampleRegisters } from '../../embedded/samples/registers.ts';
import { listen, type RunningSample } from '../../embedded/samples/sample-server.ts';
import { runCommand } from '../builders/run-command.ts';

const CLIENT = { clientId: 'onetrack', clientSecret: 'of-this-test' };
const KEEPER = 'civil-status-numbers';

let dir: string;
let service: RunningSample | undefined;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'onetrack-kinds-'));
});
afterEach(async () => {
  await service?.close();
  rmSync(dir, { recursive: true });
});

const run = (...args: string[]) => runCommand(connectorCommand, args, dir);
const write = (name: string, value: unknown): void => writeFileSync(join(dir, name), JSON.stringify(value));

async function check(connector: object, contract: object) {
  write('it.json', connector);
  write('it.contract.json', contract);
  const { code, out, err } = await run('check', 'it.json', '--contract', 'it.contract.json', '--json');
  if (out === '') return { code, err, faults: [], held: [] };
  const { held } = JSON.parse(out) as { held: { what: string; fault?: string }[] };
  return {
    code,
    faults: held.flatMap(({ what, fault }) => (fault === undefined ? [] : [`${what}: ${fault}`])),
    held: held.map(({ what }) => what),
  };
}

describe('a contract of a keeper of numbers', () => {
  const CONTRACT = {
    kind: 'keeper',
    purpose: 'Trial',
    legalBasis: 'Agreement 1',
    trial: { register: 'trial', unit: '00466', year: 2026, code: 'TRIAL', holder: 'Trial' },
  };
  let keepers: SampleKeepers;
  beforeEach(async () => {
    keepers = new SampleKeepers();
    service = await listen(registerService(new SampleRegisters(), CLIENT, keepers), 0);
  });
  const connector = (change: object = {}, numbering: object = {}) => {
    const [known] = keeperConnectors(service?.url ?? '', CLIENT, 400);
    if (!known) throw new Error('expected the sample keeper');
    return { ...known, readiness: 'planned', numbering: { ...known.numbering, ...numbering }, ...change };
  };

  it('holds where it gives each request a number of its own, the same again, and hears what is void', async () => {
    expect(await check(connector(), CONTRACT)).toMatchObject({
      code: 0,
      faults: [],
      held: [
        'is described by certificates that can be used',
        'gives a number',
        'gives the same number to the same request',
        'gives another number to another request',
        'hears that a number is void',
        'hears it again alike',
        'hears that the second number is void',
        'keeps out a wrong secret',
      ],
    });
    expect([keepers.given, keepers.void.size]).toEqual([2, 2]);
  });

  it('asks for what it says, and no more: a fact that is told and that it does not say is named, and nobody is asked', async () => {
    const { holder: _, ...trial } = CONTRACT.trial;
    const { code, faults } = await check(connector(), { ...CONTRACT, trial });
    expect({ code, faults }).toEqual({ code: 1, faults: ['is told what its contract says: /trial: expected holder'] });
    expect(keepers.given).toBe(0);
  });

  it.each([
    ['lies', 'gives a number: unusable: /entry/request: expected the request that was made'],
    ['refuses', 'gives a number: refused: status 422, year-closed'],
    ['down', 'gives a number: down: status 503'],
    ['slow', 'gives a number: slow: no answer within 400 ms'],
  ] as const)('fails where it %s, by place or code', async (mood, fault) => {
    keepers.setState(KEEPER, mood);
    const { code, faults } = await check(connector(), CONTRACT);
    expect({ code, faults }).toEqual({ code: 1, faults: [fault] });
  });

  it('fails where it does not let us in', async () => {
    const { endpoint } = connector();
    const credentials = { tokenUrl: '', ...endpoint.credentials, clientSecret: 'another' };
    const { faults } = await check(connector({ endpoint: { ...endpoint, credentials } }), CONTRACT);
    expect(faults).toEqual(['gives a number: not-let-in: its token endpoint let nobody in']);
    expect(keepers.given).toBe(0);
  });

  it('fails where it gives what it must refuse, and a number of another year', async () => {
    const { faults } = await check(connector(), { ...CONTRACT, refused: { year: 1900 } });
    expect(faults).toEqual(['gives no number where it must not: given']);
    const wrong = await check(connector({}, { year: '/entry/number' }), CONTRACT);
    expect(wrong.faults).toContain('gives a number: a number of another year');
  });

  it('fails where two requests get one number, and where the same request gets another', async () => {
    await service?.close();
    let count = 0;
    const keeper = (next: () => number) =>
      listen(
        createServer((request, response) => {
          const entry = { request: request.headers['idempotency-key'], number: next(), year: 2026 };
          response.writeHead(200).end(JSON.stringify({ entry }));
        }),
        0,
      );
    const bare = () => ({ endpoint: { url: service?.url }, numbering: { ...connector().numbering, void: undefined } });
    service = await keeper(() => 7);
    const one = await check({ ...connector(), ...bare() }, { ...CONTRACT, open: true });
    expect(one.faults).toEqual(['gives another number to another request: the same: two papers would bear one number']);
    await service.close();
    service = await keeper(() => (count += 1));
    const each = await check({ ...connector(), ...bare() }, { ...CONTRACT, open: true });
    expect(each.faults).toEqual(['gives the same number to the same request: another']);
  });

  it('is used wrongly with a connector that gives no numbers', async () => {
    expect(await check(connector({ numbering: undefined }), CONTRACT)).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected a connector that gives numbers') as string,
    });
  });
});

describe('a contract of a system that is called', () => {
  const CONTRACT = {
    kind: 'system',
    known: { send: { business: 'Trial' }, data: {} },
    refused: { business: 'refuse this' },
    open: true,
  };
  beforeEach(async () => {
    service = await listen(agencySystems(join(dir, 'systems')), 0);
  });
  const connector = (path: string) => ({
    id: 'tax',
    name: 'Tax registry',
    authority: 'Tax office',
    readiness: 'planned',
    endpoint: { url: `${service?.url}/${path}`, timeoutMs: 2000 },
  });

  it('holds where it does what it is asked, once for each key, and refuses what it must', async () => {
    expect(await check(connector('tax'), CONTRACT)).toMatchObject({
      code: 0,
      faults: [],
      held: [
        'is described by certificates that can be used',
        'does what it is asked',
        'answers the same to the same key',
        'refuses what it must',
        'is open to anybody, as its contract says',
      ],
    });
    expect(readFileSync(join(dir, 'systems/tax.jsonl'), 'utf8').trim().split('\n')).toHaveLength(2);
  });

  it('fails where it answers other values, refuses what it should do, or does what it should refuse', async () => {
    const known = { send: { business: 'Trial' }, data: { taxId: 'none' } };
    const { faults } = await check(connector('tax'), { ...CONTRACT, known, refused: { business: 'Other' } });
    expect(faults).toEqual([
      'does what it is asked: other values than the contract: taxId',
      'refuses what it must: outcome done',
    ]);
    const refused = await check(connector('tax'), { ...CONTRACT, known: { send: {} } });
    expect(refused.faults).toEqual(['does what it is asked: outcome refused']);
  });

  it('fails where nothing answers as agreed, and says so without a value', async () => {
    expect((await check(connector('nothing-here'), CONTRACT)).faults).toEqual([
      'does what it is asked: expected status 200, got 404',
      'refuses what it must: expected status 200, got 404',
    ]);
    await service?.close();
    service = await listen(
      createServer((_, response) => response.end(JSON.stringify({ outcome: 'maybe', data: { name: 'Somebody' } }))),
      0,
    );
    const { faults } = await check(connector(''), { ...CONTRACT, undo: { business: 'Trial' } });
    expect(faults).toEqual([
      'does what it is asked: expected { outcome, data }, got something else',
      'refuses what it must: expected { outcome, data }, got something else',
    ]);
  });

  it('takes back what it did, last, under a key of its own', async () => {
    await service?.close();
    const heard: string[] = [];
    service = await listen(
      createServer((request, response) => {
        heard.push(String(request.headers['idempotency-key']));
        const isUndo = heard.at(-1)?.endsWith('.undo') === true;
        response.end(JSON.stringify({ outcome: isUndo ? 'refused' : 'done', data: {} }));
      }),
      0,
    );
    const { refused: _, ...contract } = CONTRACT;
    const { faults } = await check(connector(''), { ...contract, undo: { business: 'Trial' } });
    expect(faults).toEqual(['takes back what it did: outcome refused']);
    expect([heard[0] === heard[1], heard[2]]).toEqual([true, `${String(heard[0])}.undo`]);
  });

  it('fails where a stranger is let in', async () => {
    const client = { clientId: 'onetrack', clientSecret: 'of-this-test' };
    await service?.close();
    service = await listen(
      createServer((request, response) => {
        const isToken = request.url === '/token';
        response.end(JSON.stringify(isToken ? { access_token: 'any', expires_in: 60 } : { outcome: 'done', data: {} }));
      }),
      0,
    );
    const { endpoint, ...rest } = connector('tax');
    const credentials = { tokenUrl: `${service.url}/token`, ...client };
    const { refused: _, ...contract } = CONTRACT;
    const { faults } = await check({ ...rest, endpoint: { ...endpoint, credentials } }, { ...contract, open: false });
    expect(faults).toEqual(['keeps out a wrong secret: it was let in']);
  });
});

describe('onetrack connector new --kind', () => {
  it.each(['source', 'keeper', 'system'])(
    'writes a description of a %s and a contract that is read as such',
    async (kind) => {
      expect(await run('new', 'new-one', '--kind', kind)).toMatchObject({ code: 0 });
      expect(JSON.parse(readFileSync(join(dir, 'new-one.contract.json'), 'utf8'))).toMatchObject({ kind });
      // Nobody answers there, so nothing holds; but both files are as described.
      const tried = await run('check', 'new-one.json', '--contract', 'new-one.contract.json');
      expect([tried.code, tried.err]).toEqual([1, '']);
    },
  );

  it('knows no other kind, in a contract neither', async () => {
    expect(await run('new', 'x', '--kind', 'fax')).toMatchObject({
      code: 2,
      err: expect.stringContaining('expected kind source, keeper, system; got fax') as string,
    });
    await run('new', 'it', '--kind', 'system');
    write('it.contract.json', { kind: 'fax' });
    expect(await run('check', 'it.json', '--contract', 'it.contract.json')).toMatchObject({ code: 2 });
  });
});
