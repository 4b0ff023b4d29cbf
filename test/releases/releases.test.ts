import { unzipSync } from 'fflate';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readPem } from '../../adapters/cms/certificate.ts';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { createLocalPki } from '../../adapters/local/pki/local-pki.ts';
import { headOf, isOpen } from '../../domain/dossier/project.ts';
import { loadSampleOrganisation, loadScenarios } from '../../embedded/scenarios/load-scenarios.ts';
import { Performer } from '../../embedded/scenarios/perform-step.ts';
import { enrolCredentials } from '../../embedded/scenarios/sample-world.ts';
import { StageMachine } from '../../embedded/scenarios/stage-machine.ts';
import { evidenceBuilder } from '../../embedded/evidence-builder.ts';
import { verifyPackage } from '../../functions/evidence/verify-package.ts';
import { stageOf } from '../../functions/stages/standing.ts';
import { wayForward } from '../../workflows/route.ts';

/**
 * What an older release left behind, in `test/golden/releases/<release>`: `data.zip`, the data folder of a machine that was killed with dossiers on
 * their way; `closed.zip`, the evidence package that it made of one that was closed; `release.json`, which dossiers those are.
 */
interface Release {
  at: string;
  closed: string;
  open: { dossier: string; procedure: string }[];
}

const folder = join(import.meta.dirname, '../golden/releases');
const organisation = loadSampleOrganisation();

describe.each(readdirSync(folder))('what release %s left behind', (name) => {
  const release = JSON.parse(readFileSync(join(folder, name, 'release.json'), 'utf8')) as Release;
  const dir = mkdtempSync(join(tmpdir(), 'onetrack-release-'));
  let stage: StageMachine;

  beforeAll(async () => {
    for (const [path, bytes] of Object.entries(unzipSync(readFileSync(join(folder, name, 'data.zip'))))) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), bytes);
    }
    // Keys of officials lie at the signing service, which is not part of a release: they are certified anew by the same authority.
    const pki = createLocalPki(join(dir, 'ca'), { now: () => Date.parse('2026-06-30T00:00:00Z') });
    const signing = organisation.officials.filter(({ credential }) => credential !== undefined);
    const credentials = enrolCredentials(
      pki,
      signing.map(({ id, credential, name: who }) => ({ id: credential ?? id, name: who })),
    );
    const house = { dir, organisation, credentials, close: () => undefined };
    stage = await StageMachine.open(house, Date.parse(release.at));
  });
  afterAll(async () => {
    await stage.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** What the evidence of a dossier comes to, against the authority of that release. */
  function verdictOf(archive: Uint8Array): unknown {
    const tools = createEvidenceTools(readPem(readFileSync(join(dir, 'ca', 'ca.pem'), 'utf8')));
    const verdict = verifyPackage(archive, tools);
    return verdict.ok ? verdict.summary : verdict.faults;
  }

  it('verifies: the package of a closed dossier', () => {
    expect(verdictOf(new Uint8Array(readFileSync(join(folder, name, 'closed.zip'))))).toMatchObject({
      dossier: release.closed,
      status: 'closed',
      result: 'granted',
    });
  });

  it('folds to the heads that it had', async () => {
    const { platform } = stage.machine;
    for (const id of [release.closed, ...release.open.map(({ dossier }) => dossier)]) {
      const loaded = await platform.cache.load(id, platform.store, platform.masterKey);
      if (!loaded) throw new Error(`expected dossier ${id}`);
      // Later releases also tell when it was settled and closed.
      const { settled, closed, ...head } = headOf(loaded.dossier);
      expect(head).toEqual(await platform.store.head(id));
      expect(settled !== undefined).toBe(head.result !== null);
      expect(closed !== undefined).toBe(head.status === 'closed');
    }
  });

  it.each(release.open)('goes on to its end: $procedure', async ({ dossier, procedure }) => {
    const path = join(import.meta.dirname, `../../workflows/procedures/${procedure}.yaml`);
    const loading = loadScenarios(path, `${procedure}.yaml`);
    const story = loading.ok ? loading.stories[0] : undefined;
    if (!story) throw new Error(`expected a story of ${procedure}`);
    const performer = new Performer(stage, story, organisation);
    performer.dossier = dossier;
    await stage.settle();
    for (let task = await openTask(performer); task; task = await openTask(performer)) {
      const done = await performer.perform(task);
      expect(done).toEqual({ ok: true });
      await stage.settle();
    }
    const { platform, catalogue, pki } = stage.machine;
    const packed = await evidenceBuilder(pki)(platform, catalogue, dossier);
    expect(packed.ok && verdictOf(packed.bytes)).toMatchObject({ dossier, status: 'closed', result: 'granted' });
  });

  /** The next piece of work and its way forward. */
  async function openTask(performer: Performer): Promise<Parameters<Performer['perform']>[0] | undefined> {
    const { dossier } = await performer.loaded();
    const task = Object.values(dossier.tasks).find(isOpen);
    if (!task) return undefined;
    const { procedure } = await stage.machine.catalogue.pinned(dossier.procedure, dossier.procedureVersion);
    const stageNow = stageOf(procedure, task.stage);
    if (task.party !== null) return { kind: 'answer', step: { answer: 'answered' } };
    const outcome = stageNow.kind === 'decide' ? '' : wayForward(stageNow);
    return { kind: 'decide', stage: task.stage, outcome, step: {} };
  }
});
