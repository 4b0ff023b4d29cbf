import { readFileSync } from 'node:fs';
import type { Registry } from '../../../domain/ports/registry.ts';
import { LOCAL_FUNCTIONS } from '../../../embedded/one-machine.ts';
import { Catalogue } from '../../../functions/procedures/catalogue.ts';
import { deployProcedure, publishVersion, putVersion } from '../../../functions/procedures/publish.ts';
import { compile } from '../../../workflows/compiler/compile.ts';
import { aProcedure, openPublishingHouse, type PublishingHouse } from '../../builders/publishing-house.ts';

const NOON = '2026-11-23T05:00:00.000Z';
const V1 = { id: 'bench', version: '1.0.0' };
const V2 = { id: 'bench', version: '2.0.0' };
const second = (changes: Readonly<Record<string, string>> = {}) =>
  aProcedure({
    'version: 1.0.0': 'version: 2.0.0',
    'limit: { workingDays: 3 }': 'limit: { workingDays: 5 }',
    ...changes,
  });
const from = (rest: string) => ({ 'effective: { from: 2026-01-01,': `effective: { ${rest},` });

let house: PublishingHouse;
beforeEach(async () => {
  house = await openPublishingHouse(NOON);
});
afterEach(() => house.close());

const put = async ({ parsed, source }: ReturnType<typeof aProcedure>) => {
  const result = await putVersion(house.platform.registry, parsed, source);
  if (!result.ok) throw new Error(result.refusal.detail);
  return result.record;
};
const code = (result: Awaited<ReturnType<typeof publishVersion>>) => (result.ok ? 'ok' : result.refusal.code);
const current = async (at: string) =>
  (await new Catalogue(house.platform.registry).current('bench', Date.parse(at)))?.version;

/** The registry, with one method put in the place of its own. */
function registryWith(over: Partial<Registry>): PublishingHouse['platform'] {
  const { registry } = house.platform;
  const bound = {
    get: registry.get.bind(registry),
    list: registry.list.bind(registry),
    put: registry.put.bind(registry),
    putAll: registry.putAll.bind(registry),
    remove: registry.remove.bind(registry),
    revision: registry.revision.bind(registry),
  };
  return { ...house.platform, registry: { ...bound, ...over } };
}

describe('publishing is refused', () => {
  it('for a version that was never handed in', async () => {
    expect(code(await publishVersion(house.platform, V1))).toBe('unknown-procedure');
  });

  it('for another text than the one that was looked at', async () => {
    const seen = await put(aProcedure());
    await put(aProcedure({ 'en: Benchmark': 'en: Other' }));
    expect(code(await publishVersion(house.platform, V1, { digest: seen.digest }))).toBe('conflict');
    expect(house.machines()).toEqual([]);
  });

  it('before the day that the text announces, which begins where the organisation is', async () => {
    await put(aProcedure(from('from: 2027-01-01')));
    const early = await publishVersion(house.platform, V1, { effectiveFrom: '2026-12-31T16:59:59.999Z' });
    expect(early).toMatchObject({
      refusal: { code: 'effective-invalid', detail: expect.stringContaining('2027-01-01') as string },
    });
    expect(house.machines()).toEqual([]);
    expect(code(await publishVersion(house.platform, V1, { effectiveFrom: '2026-12-31T17:00:00.000Z' }))).toBe('ok');
  });

  it('after its last day', async () => {
    await put(aProcedure(from('from: 2026-01-01, until: 2026-11-22')));
    expect(code(await publishVersion(house.platform, V1, { effectiveFrom: NOON }))).toBe('effective-invalid');
  });

  it('in the past, once dossiers may have started on another version', async () => {
    await deployProcedure(house.platform, aProcedure());
    await put(second());
    const before = new Date(house.now - 1).toISOString();
    expect(code(await publishVersion(house.platform, V2, { effectiveFrom: before }))).toBe('effective-invalid');
    expect(code(await publishVersion(house.platform, V2, { effectiveFrom: NOON }))).toBe('ok');
  });

  it('at another instant than it was published for', async () => {
    await put(aProcedure());
    const published = await publishVersion(house.platform, V1, { effectiveFrom: '2026-12-01T00:00:00.000Z' });
    expect(await publishVersion(house.platform, V1, { effectiveFrom: '2026-12-01T00:00:00.000Z' })).toEqual(published);
    expect(await publishVersion(house.platform, V1)).toEqual(published);
    expect(code(await publishVersion(house.platform, V1, { effectiveFrom: NOON }))).toBe('already-published');
  });

  it('where the engine holds another machine under the name, and nothing is published', async () => {
    const { name } = compile((await put(aProcedure()), aProcedure().parsed.procedure), { functions: LOCAL_FUNCTIONS });
    const other = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'a', States: { a: { Type: 'Succeed' } } });
    await house.platform.engine.createMachine({ name, definition: other });
    expect(code(await publishVersion(house.platform, V1))).toBe('conflict');
    expect((await house.platform.registry.get('procedure', 'bench@1.0.0'))?.record.status).toBe('draft');
  });

  it('where a paper goes to a unit that nobody has, with its place in the text, until there is one of that name or kind', async () => {
    await put(
      aProcedure({ "automatic: 'none, a benchmark' }": "automatic: 'none, a benchmark', to: [repository, insurer] }" }),
    );
    expect(await publishVersion(house.platform, V1)).toMatchObject({
      refusal: {
        code: 'definition-invalid',
        errors: [
          {
            at: expect.stringMatching(/^bench\.yaml:\d+:\d+$/) as string,
            expected: expect.stringMatching(
              /unknown-unit at issues\.certificate\.to\[1\]: .*expected repository, post/,
            ) as string,
            found: 'insurer',
          },
        ],
      },
    });
    expect(house.machines()).toEqual([]);
    const unit = { name: 'One', agency: 'One', parent: null, area: [], identifier: '1', symbol: 'O', place: 'Here' };
    const more = { codeScheme: 'vn-one-stop', calendar: 'vn' } as const;
    await house.platform.registry.put('unit', 'one', { id: 'one', level: 'insurer', ...unit, ...more }, 0);
    expect(code(await publishVersion(house.platform, V1))).toBe('ok');
  });

  it('for what the registry cannot keep, before there is a machine', async () => {
    const { parsed, source } = aProcedure();
    await expect(put({ parsed, source: source + `# ${'x'.repeat(400_000)}` })).rejects.toThrow('390000 bytes');
    await put({ parsed, source: source + `# ${'x'.repeat(378_000)}` });
    await expect(publishVersion(house.platform, V1)).rejects.toMatchObject({ name: 'RecordTooLarge' });
    expect(house.machines()).toEqual([]);
  });
});

describe('a published version', () => {
  it('is in force from its day, the first one though that has passed, and until its last', async () => {
    const deployed = await deployProcedure(house.platform, aProcedure(from('from: 2026-07-01, until: 2026-12-31')));
    expect(deployed).toMatchObject({
      record: { effectiveFrom: '2026-06-30T17:00:00.000Z', retiredFrom: '2026-12-31T17:00:00.000Z' },
    });
    expect([await current('2026-06-30T16:59:59Z'), await current(NOON), await current('2026-12-31T17:00:00Z')]).toEqual(
      [undefined, '1.0.0', undefined],
    );
  });

  it('takes the place of the one before from its instant on', async () => {
    await deployProcedure(house.platform, aProcedure());
    await deployProcedure(house.platform, second(), { effectiveFrom: '2026-12-01T00:00:00.000Z' });
    expect([await current('2026-11-30T23:59:59.999Z'), await current('2026-12-01T00:00:00Z')]).toEqual([
      '1.0.0',
      '2.0.0',
    ]);
  });

  it('follows at once when its day has passed and another version is in force', async () => {
    await deployProcedure(house.platform, aProcedure());
    expect(await deployProcedure(house.platform, second())).toMatchObject({ record: { effectiveFrom: NOON } });
  });

  it('may be deployed again, and by many at once, to one machine', async () => {
    const results = await Promise.all([1, 2, 3].map(() => deployProcedure(house.platform, aProcedure())));
    results.push(await deployProcedure(house.platform, aProcedure()));
    expect(results.map(code)).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(house.machines()).toHaveLength(1);
  });
});

describe('publishing that is interrupted', () => {
  it('leaves a draft and a machine that starts nothing; again, it is published with that machine', async () => {
    await put(aProcedure());
    const dies = registryWith({ put: () => Promise.reject(new Error('killed')) });
    await expect(publishVersion(dies, V1)).rejects.toThrow('killed');
    expect(await current(NOON)).toBeUndefined();
    const [machine] = house.machines();
    expect(await publishVersion(house.platform, V1)).toMatchObject({ record: { machine: { name: machine } } });
    expect(house.machines()).toEqual([machine]);
  });

  it('is decided by one of two administrators who want different instants', async () => {
    await put(aProcedure());
    const wanted = ['2026-12-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'];
    const results = await Promise.all(
      wanted.map((effectiveFrom) => publishVersion(house.platform, V1, { effectiveFrom })),
    );
    expect(results.map(code).toSorted()).toEqual(['already-published', 'ok']);
    const { record } = (await house.platform.registry.get('procedure', 'bench@1.0.0'))!;
    expect(record.effectiveFrom).toBe(wanted[results.findIndex(({ ok }) => ok)]);
  });

  it('is done for both of two who want the same', async () => {
    await put(aProcedure());
    const results = await Promise.all([1, 2].map(() => publishVersion(house.platform, V1)));
    expect(results.map(code)).toEqual(['ok', 'ok']);
  });

  it('never publishes a text that was handed in meanwhile', async () => {
    await put(aProcedure());
    const platform = registryWith({});
    const engine = Object.create(house.platform.engine) as PublishingHouse['platform']['engine'];
    engine.createMachine = async (machine) => {
      await put(aProcedure({ 'en: Benchmark': 'en: Other' }));
      return house.platform.engine.createMachine(machine);
    };
    expect(code(await publishVersion({ ...platform, engine }, V1))).toBe('conflict');
    expect((await house.platform.registry.get('procedure', 'bench@1.0.0'))?.record.status).toBe('draft');
  });
});

describe('a newer compiler', () => {
  it('changes no published version: it keeps the machine of the release that published it', async () => {
    const golden = JSON.parse(
      readFileSync(new URL('../../golden/machines/0.1.0-alpha/bench.json', import.meta.url), 'utf8'),
    ) as { name: string; asl: string };
    // As an older release would have left it: with whatever its compiler made of the text.
    const asl = golden.asl.replace('"Comment":"bench 1.0.0"', '"Comment":"of an older compiler"');
    const { arn } = await house.platform.engine.createMachine({
      name: 'bench_1-0-0_0000000000000000',
      definition: asl,
    });
    const draft = await put(aProcedure());
    const key = 'bench@1.0.0';
    const machine = { name: 'bench_1-0-0_0000000000000000', arn, asl };
    const published = { ...draft, status: 'published' as const, machine, effectiveFrom: NOON };
    const { revision } = (await house.platform.registry.get('procedure', key))!;
    await house.platform.registry.put('procedure', key, published, revision);
    expect(await deployProcedure(house.platform, aProcedure())).toEqual({ ok: true, record: published });
    expect(house.machines()).toEqual([machine.name]);
  });
});
