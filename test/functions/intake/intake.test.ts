import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toPem } from '../../../adapters/cms/certificate.ts';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { canonical, sha256 } from '../../../domain/chain.ts';
import { signedSample } from '../../../embedded/scenarios/signed-sample.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import type { ChainedEvent } from '../../../schemas/events.ts';
import { type Answer, ApiHouse, PDF } from '../../builders/api-house.ts';
import { eventsOf, fileOf, type Files, forged, type Hand, open, pack, resigned } from '../../builders/evidence.ts';

const FORM = JSON.parse(
  readFileSync(new URL('../../../workflows/procedures/fixtures/marriage-registration.json', import.meta.url), 'utf8'),
) as object;

let house: ApiHouse;
let reception: string;
let hand: Hand;
let files: Files;
let closed: string;

beforeAll(async () => {
  house = await ApiHouse.open(['workflows/procedures/marriage-registration.yaml']);
  reception = await house.official('thu-lam-reception', 'reception');
  hand = { recordKey: house.stage.machine.platform.recordKey, timestamps: house.stage.world.timestamps };
  closed = await withdrawn();
  files = open(await packed(closed));
});
afterAll(() => house.close());

const KEEPS = { components: ['declaration'], place: 'Tủ 3 ngăn 2', until: '2026-12-01' };
const post = (path: string, token: string, body: object): Promise<Answer> => house.send('POST', path, { token, body });

/** Brought to the counter on paper; `bytes` of its scan. */
async function brought(bytes: Uint8Array = PDF, how = 'scan'): Promise<string> {
  const upload = await house.upload(reception, bytes);
  const { body } = await post('/dossiers', reception, {
    procedure: 'marriage-registration',
    unit: 'thu-lam',
    channel: 'counter',
    form: FORM,
    documents: [{ component: 'declaration', upload, how }],
    contact: {},
    applicant: { subject: 'binh' },
  });
  await house.stage.settle();
  return String(body['id']);
}

async function takeIn(id: string, said: object = {}): Promise<Answer> {
  const body = { compared: ['declaration'], ...said };
  const shown = await post(`/tasks/${id}.receive.1/intake`, reception, body);
  const { credential, hash } = shown.body['toSign'] as { credential: string; hash: string };
  const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
  const taken = await post(`/tasks/${id}.receive.1/intake`, reception, {
    ...body,
    signature: { credential, activation },
  });
  await house.stage.settle();
  return taken;
}

/** A dossier whose original is still in custody after its end. */
async function withdrawn(): Promise<string> {
  const id = await brought(Buffer.concat([PDF, Buffer.from('another')]));
  await takeIn(id, { keeps: KEEPS });
  await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
  await house.stage.settle();
  await post(`/dossiers/${id}/withdrawal`, await house.applicant('binh'), { reason: 'Đổi ý' });
  await house.stage.settle();
  return id;
}

async function packed(id: string): Promise<Uint8Array> {
  const { machine } = house.stage;
  const zip = collectZip();
  const revocationLists = [machine.pki.revocationList()];
  const made = await buildPackage(machine.platform, id, { archive: zip.archive, revocationLists });
  if (!made.ok) throw new Error(made.refusal.detail);
  return zip.bytes();
}

const verify = (archive: Uint8Array) => verifyPackage(archive, createEvidenceTools([house.stage.machine.pki.root]));

function faultsOf(changed: Files): string[] {
  const verdict = verify(pack(changed));
  return verdict.ok ? [] : verdict.faults.map(({ place, fault }) => `${place}: ${fault}`);
}

const signedIn = (all: Files) =>
  eventsOf(all).find(({ event }) => event.type === 'IntakeSigned')?.event.data as {
    manifest: string;
    signature: string;
  };

describe('paper at the counter', () => {
  it('shows what waits, and what is to be signed, without recording anything', async () => {
    const id = await brought();
    const before = await house.stored();
    const { body: task } = await house.send('GET', `/tasks/${id}.receive.1`, { token: reception });
    expect(task['intake']).toEqual([
      expect.objectContaining({ component: 'declaration', how: 'scan', sha256: sha256(PDF) }),
    ]);
    const { status, body } = await post(`/tasks/${id}.receive.1/intake`, reception, { compared: ['declaration'] });
    expect(status).toBe(202);
    expect(body).toMatchObject({
      manifest: {
        statement: 'compared-with-the-paper',
        dossier: id,
        scans: [{ sha256: sha256(PDF), original: 'returned' }],
      },
      toSign: { credential: 'thu-lam-reception' },
    });
    expect(await house.stored()).toBe(before);
  });

  it('refuses reception until it is taken in, naming each scan', async () => {
    const id = await brought();
    const { body } = await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
    expect(body).toMatchObject({
      status: 409,
      type: 'urn:onetrack:problem:paper-only',
      errors: [{ at: 'declaration' }],
    });
    expect((await takeIn(id)).status).toBe(200);
    expect((await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' })).status).toBe(200);
  });

  it.each([
    ['signed', signedSample('declaration')],
    ['data', PDF],
  ])('takes what an official hands in as %s for paper too: he has it from the counter', async (how, file) => {
    const id = await brought(file, how);
    const { body } = await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' });
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:paper-only', errors: [{ at: 'declaration' }] });
    expect((await takeIn(id)).status).toBe(200);
    expect((await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted' })).status).toBe(200);
  });

  it('lets a scan come with a decision, and has it taken in at the next step', async () => {
    const id = await brought();
    await takeIn(id);
    const upload = await house.upload(reception, Buffer.concat([PDF, Buffer.from('later')]));
    const attachments = [{ component: 'residenceProof', upload, how: 'scan' }];
    expect(
      (await post(`/tasks/${id}.receive.1/decision`, reception, { outcome: 'accepted', attachments })).status,
    ).toBe(200);
    await house.stage.settle();
    const officer = await house.official('thu-lam-officer-1', 'case-officer');
    const { body } = await post(`/tasks/${id}.verify.1/decision`, officer, { outcome: 'valid' });
    expect(body).toMatchObject({ type: 'urn:onetrack:problem:paper-only', errors: [{ at: 'residenceProof' }] });
  });

  it('takes a signature over these scans of this official alone, and keeps in the record who tried another', async () => {
    const id = await brought();
    const other = await brought(Buffer.concat([PDF, Buffer.from('other')]));
    const of = await post(`/tasks/${other}.receive.1/intake`, reception, { compared: ['declaration'] });
    const { credential, hash } = of.body['toSign'] as { credential: string; hash: string };
    const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
    const taken = await post(`/tasks/${id}.receive.1/intake`, reception, {
      compared: ['declaration'],
      signature: { credential, activation },
    });
    expect(taken.body).toMatchObject({ type: 'urn:onetrack:problem:signer-refused' });
    const foreign = await post(`/tasks/${id}.receive.1/intake`, reception, {
      compared: ['declaration'],
      signature: { cms: Buffer.from('no CMS').toString('base64') },
    });
    expect(foreign.body).toMatchObject({ type: 'urn:onetrack:problem:signature-invalid' });
    const types = (await house.stage.machine.platform.store.events(id)).map(({ event }) => event.type);
    expect(types.filter((type) => type === 'DecisionRefused')).toHaveLength(2);
    expect(types).not.toContain('IntakeSigned');
  });

  it('gives the same answer to the same request, and takes nothing in twice', async () => {
    const id = await brought();
    const body = { compared: ['declaration'] };
    const shown = await post(`/tasks/${id}.receive.1/intake`, reception, body);
    const { credential, hash } = shown.body['toSign'] as { credential: string; hash: string };
    const signature = { credential, activation: house.stage.world.authorize(credential, Buffer.from(hash, 'base64')) };
    const send = (key: string) =>
      house.send('POST', `/tasks/${id}.receive.1/intake`, { token: reception, body: { ...body, signature }, key });
    const first = await send('one');
    expect(await send('one')).toMatchObject({ status: 200, body: first.body });
    expect((await send('two')).body).toMatchObject({ type: 'urn:onetrack:problem:wrong-status' });
  });
});

describe('paper debt', () => {
  it('is told by unit and procedure, listed, and holds what is in custody after the close', async () => {
    const { body } = await house.send('GET', '/paper-debt', { token: reception });
    expect(body).toMatchObject({ unit: 'thu-lam', complete: true, custody: { open: 1, late: 0 } });
    expect(body['procedures']).toEqual([
      expect.objectContaining({
        procedure: 'marriage-registration',
        kept: 1,
        prints: 0,
        declared: ['intake', 'stages.appear.presence'],
      }),
    ]);
    const listed = await house.send('GET', '/paper-debt/dossiers', { token: reception });
    expect(listed.body['items']).toContainEqual(
      expect.objectContaining({ dossier: closed, paper: { scans: 1, presence: 0, papers: 0, prints: 0, kept: 1 } }),
    );
    const kept = await house.send('GET', '/paper-debt/custody', { token: reception });
    expect(kept.body['items']).toEqual([
      expect.objectContaining({ dossier: closed, task: `${closed}.custody.1`, place: KEEPS.place, until: KEEPS.until }),
    ]);
  });

  it('is not told to another unit', async () => {
    const other = await house.official('dong-anh-reception', 'reception');
    for (const path of ['/paper-debt', '/paper-debt/dossiers', '/paper-debt/custody'])
      expect((await house.send('GET', `${path}?unit=thu-lam`, { token: other })).status).toBe(403);
  });
});

describe('an intake in an evidence package', () => {
  it('holds, and says who signed', () => {
    const verdict = verify(pack(files));
    expect(verdict.ok && verdict.summary.intakes).toEqual([{ scans: 1, signer: 'thu-lam-reception' }]);
  });

  it('is checked by openssl without any of our own', () => {
    const dir = mkdtempSync(join(tmpdir(), 'onetrack-intake-'));
    try {
      const { manifest, signature } = signedIn(files);
      writeFileSync(join(dir, 'signed.json'), fileOf(files, `documents/${manifest}.json`));
      writeFileSync(join(dir, 'signature.cms'), fileOf(files, `documents/${signature}.cms`));
      writeFileSync(join(dir, 'ca.pem'), toPem(house.stage.machine.pki.root.der));
      const words = '-verify -binary -inform DER -in signature.cms -content signed.json -CAfile ca.pem -purpose any';
      const at = String(Math.floor(house.stage.now / 1000));
      const said = ['cms', ...words.split(' '), '-attime', at, '-out', 'out'];
      expect(spawnSync('openssl', said, { cwd: dir }).status).toBe(0);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  const edited = (edit: (event: ChainedEvent['event']) => ChainedEvent['event']) => (events: ChainedEvent[]) =>
    events.map((chained) => ({ ...chained, event: edit(chained.event) }));

  it('is refused where the record says of another scan that it was compared', async () => {
    const changed = await forged(
      files,
      hand,
      edited((event) =>
        event.type === 'IntakeSigned'
          ? { ...event, data: { ...event.data, scans: [{ component: 'declaration', sha256: 'a'.repeat(64) }] } }
          : event,
      ),
    );
    expect(faultsOf(changed)[0]).toMatch(/^events\.jsonl line \d+: illegal-event$/);
  });

  it('is refused where it is left out, for reception had nothing to rest on', async () => {
    const changed = await forged(files, hand, (events) => events.filter(({ event }) => event.type !== 'IntakeSigned'));
    expect(faultsOf(changed)).toContainEqual(expect.stringMatching(/: illegal-event$/));
  });

  it('is refused where the record says that the procedure demands none', async () => {
    const silent = edited((event) => {
      if (event.type !== 'DossierSubmitted') return event;
      const { intake: _, ...data } = event.data;
      return { ...event, data };
    });
    const changed = await forged(files, hand, (events) =>
      silent(events).filter(({ event }) => event.type !== 'IntakeSigned'),
    );
    expect(faultsOf(changed)).toContain('events.jsonl line 1: illegal-event');
  });

  it('is refused where what was signed was changed, by whoever holds the record key', async () => {
    const { manifest } = signedIn(files);
    const said = JSON.parse(Buffer.from(fileOf(files, `documents/${manifest}.json`)).toString()) as object;
    const bytes = Buffer.from(canonical({ ...said, custody: { place: 'elsewhere', until: KEEPS.until } }));
    const path = `documents/${sha256(bytes)}.json`;
    const { [`documents/${manifest}.json`]: _, ...rest } = files;
    const changed = await forged(
      { ...rest, [path]: bytes },
      hand,
      edited((event) =>
        event.type === 'IntakeSigned' ? { ...event, data: { ...event.data, manifest: sha256(bytes) } } : event,
      ),
    );
    expect(faultsOf(changed)).toEqual([`documents/${signedIn(files).signature}.cms: invalid-signature`]);
  });

  it('is refused where it says another day of custody than the record', async () => {
    const changed = await forged(
      files,
      hand,
      edited((event) => {
        if (event.type !== 'IntakeSigned') return event;
        const keeps = event.data['keeps'] as { opening: object };
        return {
          ...event,
          data: { ...event.data, keeps: { ...keeps, opening: { ...keeps.opening, due: '2027-12-01' } } },
        };
      }),
    );
    expect(faultsOf(changed)).toEqual([`documents/${signedIn(files).manifest}.json: wrong-content`]);
  });

  it('is refused where the signature is of somebody else than the record says', async () => {
    const changed = await forged(
      files,
      hand,
      edited((event) =>
        event.type === 'IntakeSigned' ? { ...event, data: { ...event.data, certificate: 'b'.repeat(64) } } : event,
      ),
    );
    expect(faultsOf(changed)).toEqual([`documents/${signedIn(files).signature}.cms: wrong-certificate`]);
  });

  it('is refused without its signature', async () => {
    const { [`documents/${signedIn(files).signature}.cms`]: _, ...rest } = files;
    expect(faultsOf(await resigned(rest, hand))).toEqual([`documents/${signedIn(files).signature}.cms: missing-file`]);
  });
});
