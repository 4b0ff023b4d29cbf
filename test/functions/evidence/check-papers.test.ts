import { createEvidenceTools } from '../../../adapters/evidence/proofs.ts';
import { sha256 } from '../../../domain/chain.ts';
import type { Dossier } from '../../../domain/dossier/state.ts';
import { checkDocuments } from '../../../functions/evidence/check-papers.ts';
import { Findings } from '../../../functions/evidence/findings.ts';
import { signJsonIssue } from '../../../functions/issues/json-issue.ts';
import type { DossierEvent } from '../../../schemas/events.ts';
import type { EvidenceManifest } from '../../../schemas/evidence.ts';
import { dossierId } from '../../builders/dossiers.ts';
import { openSigningOffice, signedAt, type SigningOffice } from '../../builders/signing-office.ts';

const PATH = 'result/extract-1.jws';
let office: SigningOffice;
let stranger: SigningOffice;

beforeAll(() => {
  office = openSigningOffice();
  stranger = openSigningOffice();
});
afterAll(() => {
  office.close();
  stranger.close();
});

const sealOf = ({ pki }: SigningOffice) => pki.sealOf({ id: 'unit', name: 'Unit' });

function issueBy(seal: ReturnType<typeof sealOf>, dossier = dossierId(1), name = 'extract'): Promise<Uint8Array> {
  const of = { id: dossier, code: null, procedure: 'library-card', procedureVersion: '1.0.0', hash: '0'.repeat(64) };
  const issue = { name, number: null, at: new Date(signedAt).toISOString(), unit: 'unit', content: { a: 1 } };
  const seals = { of: () => Promise.resolve(seal), held: () => seal.certificateChain() };
  return signJsonIssue({ seals }, of as Dossier, issue);
}

/** What does not hold of this one sealed paper; the event names the certificate of the office's seal. */
async function faultsOf(bytes: Uint8Array, said: Uint8Array = bytes): Promise<string[]> {
  const [certificate = new Uint8Array()] = await sealOf(office).certificateChain();
  const event = {
    type: 'IssueSealed',
    seq: 1,
    at: new Date(signedAt).toISOString(),
    data: {
      issue: 'extract',
      copy: 1,
      document: sha256(said),
      mediaType: 'application/jose',
      certificate: sha256(certificate),
    },
  } as unknown as DossierEvent;
  const findings = new Findings();
  const manifest = {
    dossier: dossierId(1),
    procedure: { id: 'library-card', version: '1.0.0', digest: '' },
    erased: false,
  } as EvidenceManifest;
  const proofs = createEvidenceTools(office.anchors).proofs([]);
  checkDocuments({ files: new Map([[PATH, bytes]]), manifest, findings, proofs }, [event]);
  return findings.faults.map(({ place, fault }) => `${place}: ${fault}`);
}

describe('a sealed paper in JSON', () => {
  it('is refused when it is not the one that was sealed', async () => {
    const [bytes, other] = [await issueBy(sealOf(office)), await issueBy(sealOf(office), dossierId(2))];
    expect(await faultsOf(bytes, other)).toEqual([`${PATH}: wrong-digest`]);
  });

  it('is refused when the seal is of an authority that nobody trusts', async () => {
    expect(await faultsOf(await issueBy(sealOf(stranger)))).toEqual([`${PATH}: untrusted`]);
  });

  it('is refused when it is signed by a key that is not for papers', async () => {
    const key = await office.pki.recordKey();
    const asSeal = { certificateChain: () => key.certificateChain(), sign: (data: Uint8Array) => key.sign(data) };
    expect(await faultsOf(await issueBy(asSeal))).toEqual([`${PATH}: untrusted`]);
  });

  it('is refused when it was sealed by another unit than the event says', async () => {
    const other = office.pki.sealOf({ id: 'other', name: 'Other unit' });
    expect(await faultsOf(await issueBy(other))).toEqual([`${PATH}: wrong-certificate`]);
  });

  it('is refused when it speaks of another dossier or another paper', async () => {
    expect(await faultsOf(await issueBy(sealOf(office), dossierId(2)))).toEqual([`${PATH}: wrong-content`]);
    expect(await faultsOf(await issueBy(sealOf(office), dossierId(1), 'card'))).toEqual([`${PATH}: wrong-content`]);
  });

  it('is refused when its content or its form was changed', async () => {
    const [header = '', , signature = ''] = Buffer.from(await issueBy(sealOf(office)))
      .toString()
      .split('.');
    const content = { issue: 'extract', dossier: dossierId(1), procedure: 'library-card@1.0.0' };
    const payload = Buffer.from(
      JSON.stringify({ dossier: content.dossier, issue: content.issue, procedure: content.procedure }),
    );
    const changed = Buffer.from(`${header}.${payload.toString('base64url')}.${signature}`);
    expect(await faultsOf(changed)).toEqual([`${PATH}: invalid-signature`]);
    expect(await faultsOf(Buffer.from('{}'))).toEqual([`${PATH}: malformed`]);
  });

  it('holds as the seal made it', async () => {
    expect(await faultsOf(await issueBy(sealOf(office)))).toEqual([]);
  });
});

describe('a sealed PDF that carries files', () => {
  const digestOf = (text: string) => sha256(Buffer.from(text));

  it.each([
    ['handed in', 'scan', []],
    ['nobody handed in', 'another', ['result/extract-1.pdf: wrong-content']],
  ])('holds only with files that were handed in: %s', (_, enclosed, faults) => {
    const bytes = Buffer.from('%PDF-');
    const document = {
      component: 'scan',
      sha256: digestOf('scan'),
      size: 4,
      mediaType: 'application/pdf',
      how: 'scan',
    };
    const events = [
      { type: 'DossierSubmitted', seq: 1, data: { documents: [document] } },
      {
        type: 'IssueSealed',
        seq: 2,
        data: { issue: 'extract', copy: 1, document: sha256(bytes), mediaType: 'application/pdf', certificate: 'c' },
      },
    ] as unknown as DossierEvent[];
    const findings = new Findings();
    const files = new Map([
      ['result/extract-1.pdf', bytes],
      [`documents/${digestOf('scan')}.pdf`, Buffer.from('scan')],
    ]);
    const signatures = [{ certificate: 'c', signer: 'unit', time: 0 }];
    const signedPdf = () => ({ valid: true, problems: [], signatures, enclosed: [digestOf(enclosed)] });
    const proofs = { ...createEvidenceTools(office.anchors).proofs([]), signedPdf };
    checkDocuments({ files, manifest: { erased: false } as EvidenceManifest, findings, proofs }, events);
    expect(findings.faults.map(({ place, fault }) => `${place}: ${fault}`)).toEqual(faults);
  });
});
