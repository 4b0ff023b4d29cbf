import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { createHttpConnectors } from '../../../adapters/connectors/http-connectors.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import type { Connectors } from '../../../domain/ports/connectors.ts';
import { spawnAgencySystems } from '../../../embedded/samples/sample-process.ts';
import { KeptRecords } from '../../../embedded/samples/kept-records.ts';
import { findRecordFaults } from '../../../embedded/scenarios/check-record.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { type CheckedRecord, checkDefinition } from '../../../functions/evidence/check-record.ts';
import type { Opened } from '../../../functions/evidence/findings.ts';
import { resumeDossier } from '../../../functions/dossiers/resume.ts';
import { withdrawDossier } from '../../../functions/dossiers/withdraw.ts';
import { actStage } from '../../../functions/stages/act-stage.ts';
import type { Platform } from '../../../functions/runtime/platform.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { DESK, type Desk, DeskHouse } from '../../builders/desk.ts';

const PERSON = "'001192007733'";
const call = (system: string, stage: string, then: string): string =>
  `${stage}: { kind: call, system: ${system}, send: { person: ${PERSON}, address: = form.applicant.name }, undo: { person: ${PERSON}, restore: = stages.${stage}.form.before, instead: = stages.${stage}.form.after }, then: { ${then} } }`;

/** Two calls, one after the other; a refusal to take them back is not provided for. */
const UNDOING = DESK.replace(
  /link: .*/,
  [
    call('insurance-records', 'link', 'done: second'),
    call('tax-records', 'second', 'done: verify'),
    'takeBack: { kind: call, undoes: [link, second], then: { done: withdrawn } }',
  ].join('\n  '),
)
  .replace('valid: choose, invalid: refuse', 'valid: choose, invalid: takeBack')
  .replace('until: sign, go: withdrawn', 'go: takeBack');

const house = new DeskHouse(UNDOING);
afterEach(() => house.close());
afterAll(() => house.end());

/** A dossier for which both registers were changed, and that waits for its officer. */
async function changed(desk: Desk): Promise<string> {
  const id = await desk.submit({ name: 'Xã Phúc Thịnh' });
  await desk.settle();
  await desk.decide(id, 'receive', 'accepted');
  await desk.settle();
  expect(await desk.dossier(id)).toMatchObject({ stage: 'verify' });
  return id;
}

/** The same platform, whose systems are these. */
function reaching({ platform }: Desk, calls: Connectors['call']): Platform {
  return { ...platform, connectors: { ...platform.connectors, call: calls } };
}

describe('calls that are taken back', () => {
  it('are taken back one by one, the last first, each once, though the machine dies between two of them', async () => {
    const desk = await house.open();
    const id = await changed(desk);
    const { catalogue } = desk.stage.machine;
    expect(await withdrawDossier(desk.platform, catalogue, id, {})).toMatchObject({ ok: true });
    const sent: string[] = [];
    const dying = reaching(desk, (message) => {
      if (sent.length === 1) throw new TaskRetryable('the machine dies');
      sent.push(message.key);
      return desk.platform.connectors.call(message);
    });
    const at = { dossierId: id, run: 2, stage: 'takeBack' };
    await expect(actStage(dying, catalogue, at)).rejects.toThrow('the machine dies');
    expect(sent).toEqual([`${id}.second.1.undo`]);
    expect(await desk.count(id, 'UndoAnswered')).toBe(1);
    const living = reaching(desk, (message) => {
      sent.push(message.key);
      return desk.platform.connectors.call(message);
    });
    await expect(actStage(living, catalogue, at)).resolves.toEqual({ next: 'withdrawn' });
    await expect(actStage(living, catalogue, at)).resolves.toEqual({ next: 'withdrawn' });
    expect(sent).toEqual([`${id}.second.1.undo`, `${id}.link.1.undo`]);
    expect(desk.stage.world.holds('insurance-records', '001192007733')).toEqual(
      new KeptRecords('insurance-records').of('001192007733'),
    );
    expect(await findRecordFaults(desk.stage, id)).toEqual([]);
  });

  it('are held by the verifier to the stage that undoes them, to their order and to all of them', async () => {
    const desk = await house.open();
    const id = await changed(desk);
    await withdrawDossier(desk.platform, desk.stage.machine.catalogue, id, {});
    await desk.settle();
    const events = (await desk.platform.store.events(id)).map(({ event }) => event) as unknown as DossierEvent[];
    const zip = collectZip();
    const { pki } = desk.stage.machine;
    await buildPackage(desk.platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const files = new Map(Object.entries(unzipSync(zip.bytes())));
    const manifest = JSON.parse(Buffer.from(files.get('manifest.json') ?? []).toString('utf8')) as Opened['manifest'];
    const found = (forged: readonly DossierEvent[]): string[] => {
      const told: string[] = [];
      const findings = { add: (_place: string, _code: string, expected: string) => told.push(expected) };
      checkDefinition(
        { files, manifest, findings } as unknown as Opened,
        { events: forged } as unknown as CheckedRecord,
      );
      return told;
    };
    const undone = events.filter(({ type }) => type === 'UndoAnswered');
    const without = events.filter(({ type }) => type !== 'UndoAnswered');
    const at = without.findIndex(
      ({ type, data }) => type === 'StagePassed' && 'stage' in data && data.stage === 'takeBack',
    );
    const [last, first] = [`${id}.second.1 taken back`, `${id}.link.1 taken back`];
    expect(found(events)).toEqual([]);
    expect(found(without)).toEqual([last]);
    const silent = without.filter(({ type }) => type !== 'CallBegun');
    expect(new Set(found(silent))).toEqual(new Set([`${id}.link.1 begun before`, `${id}.second.1 begun before`]));
    expect(found(without.toSpliced(at, 0, ...undone.toReversed()))).toEqual([last]);
    expect(found(without.toSpliced(at, 0, ...undone.slice(0, 1)))).toEqual([first]);
  });

  it('park the dossier where a system refuses and nobody says what then; resumed, it is asked anew', async () => {
    const desk = await house.open();
    const id = await changed(desk);
    desk.stage.world.setAnswer('tax-records', 'refused');
    expect(await withdrawDossier(desk.platform, desk.stage.machine.catalogue, id, {})).toMatchObject({ ok: true });
    await desk.settle();
    const parked = await desk.dossier(id);
    expect(parked.parked).toMatchObject({ error: 'TaskTerminal', stage: 'takeBack' });
    expect(parked.calls?.[`${id}.second.1`]).toMatchObject({ state: 'done', refusals: 1 });
    desk.stage.world.setAnswer('tax-records', 'done');
    expect(await resumeDossier(desk.platform, id, { kind: 'platform' })).toMatchObject({ ok: true });
    await desk.settle();
    expect(await desk.dossier(id)).toMatchObject({ status: 'closed', result: 'withdrawn' });
    expect(desk.stage.world.calls('tax-records')).toBe(3);
    expect(await findRecordFaults(desk.stage, id)).toEqual([]);
  });

  it('are put back by registries over HTTP, which forget nothing when they are killed', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'registries-'));
    const start = () =>
      spawnAgencySystems({ dir, webhook: 'http://127.0.0.1:1', secret: 'whsec_c2VjcmV0', registerSecret: 'x' });
    let registries = await start();
    const desk = await house.open();
    const reach = (url: string): Connectors =>
      createHttpConnectors({
        systems: Object.fromEntries(['insurance-records', 'tax-records'].map((system) => [system, `${url}/${system}`])),
        describe: () => Promise.resolve(undefined),
        clock: desk.platform.clock,
      });
    try {
      const id = await desk.submit({ name: 'Xã Phúc Thịnh' });
      await desk.settle();
      const { catalogue } = desk.stage.machine;
      const act = (stage: string, run: number) => {
        const over = reach(registries.url);
        return actStage(
          reaching(desk, (message) => over.call(message)),
          catalogue,
          { dossierId: id, run, stage },
        );
      };
      desk.stage.world.setAnswer('insurance-records', 'unavailable');
      await desk.decide(id, 'receive', 'accepted');
      await desk.stage.passUntil(desk.stage.now + 1);
      await expect(act('link', 1)).resolves.toEqual({ next: 'second' });
      await expect(act('second', 1)).resolves.toEqual({ next: 'verify' });
      expect(await withdrawDossier(desk.platform, catalogue, id, {})).toMatchObject({ ok: true });
      await registries.stop();
      await expect(act('takeBack', 2)).rejects.toThrow(TaskRetryable);
      registries = await start();
      await expect(act('takeBack', 2)).resolves.toEqual({ next: 'withdrawn' });
      for (const system of ['tax-records', 'insurance-records']) {
        const looking = { system, key: 'a look', send: { person: '001192007733' } };
        const { data } = await reach(registries.url).call(looking);
        expect(data['after']).toEqual(new KeptRecords(system).of('001192007733'));
      }
    } finally {
      await registries.stop();
      rmSync(dir, { recursive: true });
    }
  });
});
