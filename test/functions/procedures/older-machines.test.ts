import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadSampleOrganisation, loadScenarios } from '../../../embedded/scenarios/load-scenarios.ts';
import { openScenarioHouse, type ScenarioHouse, StageMachine } from '../../../embedded/scenarios/stage-machine.ts';
import { findRecordFaults } from '../../../embedded/scenarios/check-record.ts';
import { Performer } from '../../../embedded/scenarios/perform-step.ts';
import { executionArn, executionName } from '../../../functions/relay/execution-names.ts';
import { submitDossier } from '../../../functions/dossiers/submit.ts';
import { decide } from '../../../functions/tasks/decide.ts';
import { readDefinition } from '../../../schemas/procedure/definition.ts';
import { parseProcedure } from '../../../workflows/compiler/parse.ts';
import { DeskHouse } from '../../builders/desk.ts';

/** A published version as a release left it: its machine and its definition, never regenerated. */
interface Golden {
  name: string;
  asl: string;
  definition: Record<string, unknown>;
}

const FOLDER = new URL('../../golden/machines/', import.meta.url);
const releases = readdirSync(FOLDER).toSorted();
const golden = (release: string, procedure: string): Golden =>
  JSON.parse(readFileSync(new URL(`${release}/${procedure}.json`, FOLDER), 'utf8')) as Golden;
const MONDAY = Date.parse('2026-11-23T03:00:00.000Z');

const card = loadScenarios(
  fileURLToPath(new URL('../../../workflows/procedures/library-card.yaml', import.meta.url)),
  'library-card.yaml',
);
if (!card.ok) throw new Error(JSON.stringify(card.problems));
const benchSource = readFileSync(new URL('../../../bench/bench.yaml', import.meta.url), 'utf8');
const bench = parseProcedure(benchSource, 'bench.yaml');
if (!bench.ok) throw new Error(JSON.stringify(bench.problems));

let house: ScenarioHouse;
beforeAll(async () => {
  const sample = loadSampleOrganisation();
  const office = { ...sample.units.find(({ id }) => id === 'thu-lam')!, id: 'bench-office' };
  const appointments = [{ unit: 'bench-office', role: 'approver', from: '2026-07-01', title: 'Approver' }];
  const approver = { id: 'approver', name: 'Approver', subject: 'approver', appointments };
  const organisation = { ...sample, units: [...sample.units, office], officials: [...sample.officials, approver] };
  house = await openScenarioHouse(organisation, [card.procedure, { parsed: bench.procedure, source: benchSource }]);
});
afterAll(() => {
  house.close();
});

/** One machine on which the version is as that release published it. */
async function machineOf(release: string, procedure: string): Promise<StageMachine> {
  const stage = await StageMachine.open(house, MONDAY);
  await publishAs(stage, release, procedure);
  return stage;
}

/** Puts the machine and the definition of a release in the place of today's. */
async function publishAs(stage: StageMachine, release: string, procedure: string): Promise<void> {
  const { name, asl, definition } = golden(release, procedure);
  const { platform } = stage.machine;
  const { arn } = await platform.engine.createMachine({ name, definition: asl });
  const { version } = readDefinition(definition).procedure;
  const known = await platform.registry.get('procedure', `${procedure}@${version}`);
  if (!known) throw new Error(`expected ${procedure}@${version}`);
  const record = { ...known.record, definition, machine: { name, arn, asl } };
  expect(await platform.registry.put('procedure', known.id, record, known.revision)).toBe('put');
}

describe.each(releases)('a machine of release %s', (release) => {
  it('takes a dossier of the benchmark to its end, with the functions of today', async () => {
    const stage = await machineOf(release, 'bench');
    const { platform, catalogue } = stage.machine;
    const submitted = await submitDossier(
      platform,
      catalogue,
      { subject: 'applicant' },
      {
        procedure: 'bench',
        unit: 'bench-office',
        channel: 'counter',
        form: { subject: 'one', amount: 1 },
        documents: [],
        contact: {},
      },
    );
    if (!submitted.ok) throw new Error(submitted.refusal.detail);
    const { id } = submitted.dossier;
    await stage.settle();
    const by = {
      kind: 'official',
      id: 'approver',
      unit: 'bench-office',
      role: 'approver',
      assurance: 'login',
    } as const;
    const decision = { outcome: 'approved', attachments: [], missing: [] };
    expect(await decide(platform, catalogue, `${id}.approve.1`, { by, subject: by.id }, decision)).toMatchObject({
      ok: true,
    });
    await stage.settle();
    expect(await platform.store.head(id)).toMatchObject({ status: 'closed', result: 'granted', run: 1 });
    expect(await findRecordFaults(stage, id)).toEqual([]);
    await stage.close();
  });

  it('takes a library card to its end, with the functions of today', async () => {
    const stage = await machineOf(release, 'library-card');
    const [story] = card.stories;
    const performer = new Performer(stage, story!, house.organisation);
    expect(await performer.submit({})).toMatchObject({ ok: true });
    await stage.settle();
    for (const step of story!.do) {
      expect(await performer.perform(step)).toMatchObject({ ok: true });
      await stage.settle();
    }
    const { dossier } = await performer.loaded();
    expect(dossier).toMatchObject({ status: 'closed', result: 'granted', run: 1 });
    expect(await findRecordFaults(stage, dossier.id)).toEqual([]);
    await stage.close();
  });
});

describe('what a function of today answers to an older machine', () => {
  const desks = new DeskHouse();
  afterAll(async () => {
    await desks.close();
    await desks.end();
  });

  it.each(releases)('is one of the ways that the machine of %s has', async (release) => {
    const desk = await desks.open(MONDAY);
    await publishAs(desk.stage, release, 'desk');
    desk.stage.world.setAnswer('tax', 'refused');
    const id = await desk.submit();
    await desk.settle();
    expect(await desk.decide(id, 'receive', 'accepted')).toMatchObject({ ok: true });
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', result: 'refused', run: 1 });
    const { machine } = (await desk.stage.machine.catalogue.pinned('desk', '1.0.0')).record;
    const execution = await desk.platform.engine.describe(executionArn(machine!.arn, executionName(id, 1)));
    expect(execution?.status).toBe('SUCCEEDED');
  });
});
