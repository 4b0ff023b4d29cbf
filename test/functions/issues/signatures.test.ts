import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes, type KeyObject } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildRequest } from '../../../adapters/cms/certificate-request.ts';
import { readCertificate, toPem } from '../../../adapters/cms/certificate.ts';
import { oid } from '../../../adapters/cms/der.ts';
import { toRawSignature } from '../../../domain/ecdsa-signature.ts';
import { buildSignedAttributes, buildSignedData, sha256 } from '../../../adapters/cms/signed-data.ts';
import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { collectZip } from '../../../adapters/evidence/zip-writer.ts';
import { createLocalPki, type LocalPki } from '../../../adapters/local/pki/local-pki.ts';
import { localRevocation } from '../../../adapters/local/pki/local-revocation.ts';
import { createPapers } from '../../../adapters/pdf/papers.ts';
import { readPdf } from '../../../adapters/pdf/pdf-file.ts';
import { readValidationData } from '../../../adapters/pdf/validation-data.ts';
import { TaskRetryable } from '../../../domain/failures.ts';
import type { RevocationSource } from '../../../domain/ports/signing.ts';
import { signDigest } from '../../../embedded/samples/sign-digest.ts';
import { readDocument } from '../../../functions/dossiers/documents.ts';
import { buildPackage } from '../../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../../functions/evidence/verify-package.ts';
import { type Answer, ApiHouse } from '../../builders/api-house.ts';
import { generateKey } from '../../builders/signing-office.ts';

const hour = 3_600_000;
const year = 365 * 24 * hour;

let house: ApiHouse;
let ngoc: string;
let chair: string;

beforeAll(async () => {
  house = await ApiHouse.open();
  ngoc = await house.applicant();
  chair = await house.official('thu-lam-chair', 'chairperson');
});
afterAll(() => house.close());

const platform = () => house.stage.machine.platform;
const pki = () => house.stage.machine.pki;

async function decide(token: string, task: string, body: object): Promise<Answer> {
  const answer = await house.send('POST', `/tasks/${task}/decision`, { token, body });
  await house.stage.settle();
  return answer;
}

/** A dossier whose result waits for the chairperson's signature. */
async function drafted(): Promise<{ id: string; task: string; digest: Uint8Array }> {
  const id = await house.submitted(ngoc);
  await decide(await house.official('thu-lam-reception', 'reception'), `${id}.receive.1`, { outcome: 'accepted' });
  const officer = await house.official('thu-lam-officer-1', 'case-officer', 'thu-lam');
  await decide(officer, `${id}.verify.1`, { outcome: 'valid' });
  await decide(chair, `${id}.approve.1`, { outcome: 'approved' });
  const task = `${id}.sign.1.personal1`;
  const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
  const { digest } = body['toSign'] as { digest: string };
  return { id, task, digest: new Uint8Array(Buffer.from(digest, 'base64')) };
}

interface Hand {
  key: KeyObject;
  chain: Uint8Array[];
}

/** A key of somebody's own, outside the signing service, certified by an authority. */
function handOf(id: string, authority: LocalPki = pki()): Hand {
  const key = generateKey();
  return { key, chain: authority.certify('official', { id, name: 'Someone' }, buildRequest(key)) };
}

function cms({ key, chain }: Hand, digest: Uint8Array): Uint8Array {
  const [signer = new Uint8Array()] = chain;
  const attributes = buildSignedAttributes({ contentType: oid.data, digest, signer });
  const signature = toRawSignature(signDigest(key, sha256(attributes)));
  return buildSignedData({ contentType: oid.data, attributes, signature, certificates: chain });
}

const signedBy = (bytes: Uint8Array) => ({
  outcome: 'signed',
  signature: { cms: Buffer.from(bytes).toString('base64') },
});

async function record(id: string) {
  return (await platform().store.events(id)).map(({ event }) => event);
}

async function typesOf(id: string): Promise<string[]> {
  return (await record(id)).map(({ type }) => type);
}

function asking(revocation: RevocationSource): void {
  const { seals, timestamps } = platform();
  const own = createPapers({
    seals,
    timestamps,
    anchors: [pki().root],
    revocation,
    timeZone: 'Asia/Ho_Chi_Minh',
    lang: 'vi',
  });
  platform().papers = own;
}

const DOWN: RevocationSource = {
  about: () => Promise.reject(new TaskRetryable('the authority does not answer')),
};

async function packed(id: string): Promise<Uint8Array> {
  const zip = collectZip();
  const made = await buildPackage(platform(), id, { archive: zip.archive, revocationLists: [pki().revocationList()] });
  if (!made.ok) throw new Error(made.refusal.detail);
  return zip.bytes();
}

const serialOf = ({ chain: [own = new Uint8Array()] }: Hand) => readCertificate(own).x509.serialNumber;

describe('a signature that comes back', () => {
  it('is refused with its reason in the record, and nothing is changed', async () => {
    const { id, task, digest } = await drafted();
    const own = handOf('thu-lam-chair');
    const good = cms(own, digest);
    const tampered = new Uint8Array(good);
    tampered[tampered.length - 1] = (tampered.at(-1) ?? 0) ^ 1;
    const revoked = handOf('thu-lam-chair');
    pki().revoke({ serial: serialOf(revoked), at: house.stage.now - hour });
    const dir = mkdtempSync(join(tmpdir(), 'onetrack-foreign-'));
    const foreign = createLocalPki(dir, { now: () => house.stage.now });
    const seal: Hand = { ...own, chain: handOf('thu-lam-clerk').chain };
    const cases = [
      ['malformed', randomBytes(60)],
      ['wrong-key', tampered],
      ['wrong-key', cms({ key: generateKey(), chain: own.chain }, digest)],
      ['wrong-document', cms(own, sha256(Buffer.from('another document')))],
      ['wrong-official', cms(handOf('thu-lam-clerk'), digest)],
      ['wrong-official', cms(seal, digest)],
      ['untrusted', cms(handOf('thu-lam-chair', foreign), digest)],
      ['not-valid', cms(handOf('thu-lam-chair', house.stage.authorityAt(house.stage.now - 6 * year)), digest)],
      ['revoked', cms(revoked, digest)],
    ] as const;
    const before = await typesOf(id);
    for (const [fault, bytes] of cases) {
      const answer = await decide(chair, task, signedBy(bytes));
      expect({ fault, status: answer.status, body: answer.body }).toMatchObject({
        status: 422,
        body: { type: 'urn:onetrack:problem:signature-invalid', errors: [{ at: '/signature', found: fault }] },
      });
    }
    rmSync(dir, { recursive: true });
    const after = await record(id);
    expect(after.slice(before.length).map(({ type, data }) => [type, data['task'], data['fault']])).toEqual(
      cases.map(([fault]) => ['DecisionRefused', task, fault]),
    );
    expect((await decide(chair, task, signedBy(good))).status).toBe(200);
  }, 120_000);

  it('waits while nobody says whether its certificate is revoked: nothing is accepted, nothing refused', async () => {
    const { id, task, digest } = await drafted();
    const signature = signedBy(cms(handOf('thu-lam-chair'), digest));
    const before = await typesOf(id);
    asking(DOWN);
    const waiting = await decide(chair, task, signature);
    expect(waiting).toMatchObject({ status: 503, body: { type: 'urn:onetrack:problem:try-again' } });
    expect(await typesOf(id)).toEqual(before);
    asking({ about: () => Promise.resolve({ crls: [], ocsps: [] }) });
    expect((await decide(chair, task, signature)).status).toBe(503);
    expect(await typesOf(id)).toEqual(before);
    asking(localRevocation(pki()));
    expect((await decide(chair, task, signature)).status).toBe(200);
  }, 120_000);

  it('is taken from an agency’s system that says no more than who signed, and is refused from it as from everybody', async () => {
    const { id, task, digest } = await drafted();
    const message = { system: 'ward-system', task, official: 'thu-lam-chair' };
    const wrong = await house.webhook('/webhooks/decisions', {
      ...message,
      ...signedBy(cms(handOf('thu-lam-clerk'), digest)),
    });
    expect(wrong).toMatchObject({ status: 422, body: { type: 'urn:onetrack:problem:signature-invalid' } });
    expect((await record(id)).at(-1)).toMatchObject({
      type: 'DecisionRefused',
      actor: { kind: 'agency', system: 'ward-system' },
      data: { code: 'signature-invalid', fault: 'wrong-official', official: 'thu-lam-chair' },
    });
    const right = { ...message, ...signedBy(cms(handOf('thu-lam-chair'), digest)) };
    expect((await house.webhook('/webhooks/decisions', right)).status).toBe(200);
    expect((await record(id)).find(({ type }) => type === 'IssueSigned')).toMatchObject({
      actor: { id: 'thu-lam-chair', assurance: 'signature' },
    });
  }, 120_000);

  it('is of the registered certificate alone where one is registered', async () => {
    const { task, digest } = await drafted();
    const registered = handOf('CCCD-001026000001');
    const other = handOf('thu-lam-chair');
    const known = await platform().registry.get('official', 'thu-lam-chair');
    if (!known) throw new Error('expected the chairperson');
    const { chain } = registered;
    const record_ = { ...known.record, certificate: toPem(chain[0] ?? new Uint8Array()) };
    await platform().registry.put('official', 'thu-lam-chair', record_, known.revision);
    expect((await decide(chair, task, signedBy(cms(other, digest)))).body).toMatchObject({
      errors: [{ found: 'wrong-official' }],
    });
    expect((await decide(chair, task, signedBy(cms(registered, digest)))).status).toBe(200);
    const now = await platform().registry.get('official', 'thu-lam-chair');
    await platform().registry.put('official', 'thu-lam-chair', known.record, now?.revision ?? 0);
  }, 120_000);
});

describe('the clerk', () => {
  it('cannot sign before the leader: no task, no number, no seal', async () => {
    const { id } = await drafted();
    const clerk = await house.official('thu-lam-clerk', 'clerk');
    const before = await typesOf(id);
    expect((await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' })).status).toBe(404);
    expect((await decide(clerk, `${id}.sign.1.personal1`, { outcome: 'signed' })).status).toBe(403);
    expect((await typesOf(id)).filter((type) => type !== 'DecisionRefused')).toEqual(before);
  }, 60_000);

  it('gets no seal over a signature whose certificate turns out to have been revoked before it: the dossier is parked', async () => {
    const { id, task, digest } = await drafted();
    const hand = handOf('thu-lam-chair');
    expect((await decide(chair, task, signedBy(cms(hand, digest)))).status).toBe(200);
    pki().revoke({ serial: serialOf(hand), at: house.stage.now - hour });
    const clerk = await house.official('thu-lam-clerk', 'clerk');
    await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' });
    const events = await record(id);
    expect(events.at(-1)).toMatchObject({ type: 'DossierParked' });
    expect(JSON.stringify(events.at(-1))).toContain('was revoked at');
    expect(events.filter(({ type, data }) => type === 'IssueSealed' && data['issue'] === 'card')).toEqual([]);
  }, 60_000);

  it('waits for the seal while nobody says how the certificates stand, and gets it by itself afterwards', async () => {
    const { id, task, digest } = await drafted();
    expect((await decide(chair, task, signedBy(cms(handOf('thu-lam-chair'), digest)))).status).toBe(200);
    asking(DOWN);
    const clerk = await house.official('thu-lam-clerk', 'clerk');
    await decide(clerk, `${id}.sign.1.organisation`, { outcome: 'signed' });
    const sealed = async () =>
      (await record(id)).filter(({ type, data }) => type === 'IssueSealed' && data['issue'] === 'card').length;
    expect(await sealed()).toBe(0);
    asking(localRevocation(pki()));
    await house.stage.passUntil(house.stage.now + hour);
    expect(await sealed()).toBe(1);
  }, 60_000);
});

describe('years later', () => {
  const hasOpenssl = spawnSync('openssl', ['version']).error === undefined;
  if (!hasOpenssl) process.stderr.write('openssl is missing: its judgement is skipped\n');
  let id: string;
  let hand: Hand;
  let result: Uint8Array;

  beforeAll(async () => {
    const waiting = await drafted();
    id = waiting.id;
    hand = handOf('thu-lam-chair');
    await decide(chair, waiting.task, signedBy(cms(hand, waiting.digest)));
    await decide(await house.official('thu-lam-clerk', 'clerk'), `${id}.sign.1.organisation`, { outcome: 'signed' });
    const { platform: open } = house.stage.machine;
    const loaded = await open.cache.load(id, open.store, open.masterKey);
    const document = loaded?.dossier.issues['card']?.sealed?.document ?? '';
    result = (loaded && (await readDocument(open, loaded, document))) ?? new Uint8Array();
  }, 60_000);

  const verify = (archive: Uint8Array) => verifyPackage(archive, createEvidenceTools([pki().root]));

  it('the record says by what the signature was judged, and the paper brings it along (PAdES B-LT)', async () => {
    const signed = (await record(id)).find(({ type }) => type === 'IssueSigned');
    expect(signed?.data['judgedBy']).toEqual([{ kind: 'crl', document: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const { certificates, crls } = readValidationData(readPdf(result));
    // The official, the seal, the time-stamp authority and their origin.
    expect([certificates.length, crls.length > 0]).toEqual([4, true]);
  });

  (hasOpenssl ? it : it.skip)(
    'openssl agrees about the signature, by the evidence that was kept',
    async () => {
      const { id: other, task, digest } = await drafted();
      const made = cms(handOf('thu-lam-chair'), digest);
      await decide(chair, task, signedBy(made));
      const { platform: open } = house.stage.machine;
      const loaded = await open.cache.load(other, open.store, open.masterKey);
      const signed = (await record(other)).find(({ type }) => type === 'IssueSigned');
      const kept = signed?.data['judgedBy'] as { document: string }[];
      const bytesOf = async (document: string) => (loaded && (await readDocument(open, loaded, document))) ?? '';
      const pdf = Buffer.from(await bytesOf(String(signed?.data['document'])));
      const dir = mkdtempSync(join(tmpdir(), 'onetrack-openssl-'));
      const [, a = '0', b = '0', c = '0', d = '0'] =
        /ByteRange \[ *(\d+) +(\d+) +(\d+) +(\d+)\]/.exec(pdf.toString('latin1')) ?? [];
      const covered = [pdf.subarray(Number(a), Number(b)), pdf.subarray(Number(c), Number(c) + Number(d))];
      writeFileSync(join(dir, 'content'), Buffer.concat(covered));
      writeFileSync(join(dir, 'cms'), Buffer.from(pdf.toString('latin1', Number(b) + 1, Number(c) - 1), 'hex'));
      writeFileSync(join(dir, 'ca.pem'), pki().rootPem);
      writeFileSync(join(dir, 'crl'), await bytesOf(kept[0]?.document ?? ''));
      const run = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: ['ignore', 'pipe', 'pipe'] });
      appendFileSync(join(dir, 'ca.pem'), run('crl', '-inform', 'DER', '-in', 'crl'));
      const at = ['-attime', String(Math.floor(house.stage.now / 1000))];
      const trust = ['-CAfile', 'ca.pem', '-crl_check', '-purpose', 'any', ...at];
      run(
        'cms',
        '-verify',
        '-inform',
        'DER',
        '-in',
        'cms',
        '-binary',
        '-content',
        'content',
        '-cades',
        '-out',
        'out',
        ...trust,
      );
      rmSync(dir, { recursive: true });
    },
    60_000,
  );

  it('a certificate revoked meanwhile leaves the verdict as it was', async () => {
    await house.stage.passUntil(house.stage.now + 3 * year);
    pki().revoke({ serial: serialOf(hand), at: house.stage.now - year });
    expect(verify(await packed(id))).toMatchObject({ ok: true });
  }, 120_000);

  it('a revocation from before the signature overturns it', async () => {
    const signed = (await record(id)).find(({ type }) => type === 'IssueSigned');
    pki().revoke({ serial: serialOf(hand), at: Date.parse(signed?.at ?? '') - hour });
    const verdict = verify(await packed(id));
    expect(verdict).toMatchObject({ ok: false, faults: [{ place: 'result/card-1.pdf', fault: 'invalid-signature' }] });
    expect(JSON.stringify(verdict)).toContain('was revoked at');
  }, 60_000);
});
