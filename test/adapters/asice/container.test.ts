import { unzipSync, zipSync, type Zippable } from 'fflate';
import { readContainer, writeContainer } from '../../../adapters/asice/container.ts';
import { element, readXml, writeXml } from '../../../adapters/asice/canonical-xml.ts';
import { verifyContainer } from '../../../adapters/asice/verify-container.ts';
import { readSignature, writeSignature } from '../../../adapters/asice/xades.ts';
import { TaskRetryable, TaskTerminal } from '../../../domain/failures.ts';
import {
  containCertificate,
  issueContainer,
  papersOf,
  revocationOf,
  sealContained,
  signContained,
  signerOf,
} from '../../builders/signed-containers.ts';
import { type Official, openSigningOffice, signedAt, type SigningOffice } from '../../builders/signing-office.ts';

let office: SigningOffice;
let official: Official;
let documents: Awaited<ReturnType<typeof issueContainer>>;

beforeAll(async () => {
  office = openSigningOffice();
  official = office.officialOf('off-1', 'Nguyễn Văn Ấ');
  documents = await issueContainer(office);
});
afterAll(() => office.close());

const verify = (bytes: Uint8Array) => verifyContainer(bytes, { anchors: office.anchors, statusRequired: true });
const names = (bytes: Uint8Array) => Object.keys(unzipSync(bytes));

/** Another container of the same entries but these. */
function changed(bytes: Uint8Array, changes: Readonly<Record<string, Uint8Array | undefined>>): Uint8Array {
  const entries = { ...unzipSync(bytes), ...changes };
  const kept = Object.entries(entries).filter((entry): entry is [string, Uint8Array] => entry[1] !== undefined);
  const plain: Zippable = Object.fromEntries(kept);
  return zipSync(plain, { level: 0, mtime: new Date(1980, 0, 1) });
}

/** The same container with other text in one of its signatures. */
function rewritten(bytes: Uint8Array, index: number, how: (text: string) => string): Uint8Array {
  const path = `META-INF/signatures${index}.xml`;
  const text = Buffer.from(unzipSync(bytes)[path] ?? []).toString('utf8');
  expect(how(text)).not.toBe(text);
  return changed(bytes, { [path]: new Uint8Array(Buffer.from(how(text))) });
}

describe('an issued container', () => {
  it('holds its type first and in plain, the paper, its data, a manifest and a signature each', () => {
    expect(names(documents.issued)).toEqual([
      'mimetype',
      'certificate.pdf',
      'certificate.json',
      'META-INF/manifest.xml',
      'META-INF/signatures0.xml',
      'META-INF/signatures1.xml',
    ]);
    expect(Buffer.from(documents.issued).toString('latin1', 30, 69)).toBe('mimetypeapplication/vnd.etsi.asic-e+zip');
  });

  it('has a person’s and the organisation’s signature, which says number, place and on what it stands', () => {
    const verdict = verify(documents.issued);
    expect(verdict.problems).toEqual([]);
    expect(verdict.signatures).toMatchObject([
      { valid: true, signer: { id: 'off-1' }, registration: undefined, timestamp: signedAt },
      {
        valid: true,
        signer: { id: 'xuan-non' },
        registration: { unit: 'xuan-non', number: 'Số: 123/GKS-UBND', place: 'Xuân Nộn, ngày 23 tháng 11 năm 2026' },
      },
    ]);
    expect(verdict.signatures[1]?.registration?.after).toHaveLength(1);
  });

  it('carries all by which it is judged: nothing has to be asked of anybody', () => {
    for (const [index, text] of readContainer(documents.issued).signatures.entries()) {
      const { validation } = readSignature(text, index).proofs;
      expect(validation?.certificates.length).toBeGreaterThan(2);
      expect(validation?.crls).not.toHaveLength(0);
    }
  });

  it('is the same, byte for byte, however often it is prepared', async () => {
    const papers = papersOf(office);
    const again = await Promise.all([1, 2].map(() => papers.preparePersonal(documents.draft, signerOf(official))));
    expect(again[0]?.hash).toEqual(again[1]?.hash);
    expect(writeContainer(readContainer(documents.issued))).toEqual(new Uint8Array(documents.issued));
  });
});

describe('a container that was tampered with', () => {
  it('is refused for any bit of it', () => {
    for (let at = 0; at < documents.issued.length; at += 97) {
      const bytes = Uint8Array.from(documents.issued);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << (at % 8));
      expect({ at, valid: verify(bytes).valid }).toEqual({ at, valid: false });
    }
  });

  const other = new Uint8Array(Buffer.from('{"issue":"other"}'));
  it.each<[string, (bytes: Uint8Array) => Uint8Array, RegExp]>([
    ['other data', (bytes) => changed(bytes, { 'certificate.json': other }), /not what was signed/],
    ['a file more', (bytes) => changed(bytes, { 'more.json': other }), /in our form/],
    ['a file less', (bytes) => changed(bytes, { 'certificate.json': undefined }), /in our form/],
    ['no manifest', (bytes) => changed(bytes, { 'META-INF/manifest.xml': undefined }), /in our form/],
    ['no type', (bytes) => changed(bytes, { mimetype: undefined }), /in our form/],
    ['a packed file', (bytes) => zipSync(unzipSync(bytes), { level: 6, mtime: new Date(1980, 0, 1) }), /too-large/],
    ['bytes after its end', (bytes) => Buffer.concat([bytes, Buffer.from('more')]), /expected a container/],
    ['no signature', (bytes) => writeContainer({ ...readContainer(bytes), signatures: [] }), /not signed/],
    [
      'the organisation’s signature without the person’s',
      (bytes) => writeContainer({ ...readContainer(bytes), signatures: readContainer(bytes).signatures.slice(1) }),
      /expected/,
    ],
    ['another number', (bytes) => rewritten(bytes, 1, (text) => text.replace('123/GKS', '124/GKS')), /our form/],
    [
      'an element more',
      (bytes) => rewritten(bytes, 0, (text) => text.replace('</ds:Object>', '</ds:Object><ds:Object></ds:Object>')),
      /expected one ds:Object/,
    ],
    [
      'a comment',
      (bytes) => rewritten(bytes, 0, (text) => text.replace('<ds:KeyInfo>', '<!-- --><ds:KeyInfo>')),
      /XML/,
    ],
    ['an entity', (bytes) => rewritten(bytes, 0, (text) => text.replace('KT.', '&kt;')), /entity/],
    [
      'another meaning of a prefix',
      (bytes) => rewritten(bytes, 0, (text) => text.replace('http://www.w3.org/2000/09/xmldsig#', 'urn:x')),
      /our own vocabulary/,
    ],
    ['an element that does not end', (bytes) => rewritten(bytes, 0, (text) => text.slice(0, -5)), /XML/],
    [
      'loose base64',
      (bytes) => rewritten(bytes, 0, (text) => text.replace('<ds:DigestValue>', '<ds:DigestValue>*')),
      /form/,
    ],
  ])('is refused with %s', (_, tamper, problem) => {
    const verdict = verify(tamper(documents.issued));
    expect(verdict.valid).toBe(false);
    expect([...verdict.problems, ...verdict.signatures.flatMap(({ problems }) => problems)].join('; ')).toMatch(
      problem,
    );
  });

  it('is refused where the organisation’s signature stands on another than is there', async () => {
    const papers = papersOf(office);
    const by = { official: office.officialOf('off-2', 'Trần Thị B'), id: 'off-2' };
    const elsewhere = readContainer(await signContained(papers, documents.draft, by)).signatures[0] ?? '';
    const { files, signatures } = readContainer(documents.issued);
    const mixed = writeContainer({ files, signatures: [elsewhere, signatures[1] ?? ''] });
    expect(verifyContainer(mixed, { anchors: office.anchors }).problems).toEqual([
      'the organisation’s signature stands on others than are there',
    ]);
  });

  it('is refused where somebody signed after the organisation', async () => {
    const by = { official, id: 'off-1' };
    const late = await signContained(papersOf(office), documents.issued, by);
    expect(verify(late).problems).toEqual(['there are signatures after the organisation’s']);
  });

  it('is refused without a time-stamp, with that of another signature, and by whom nobody trusts', () => {
    const { files, signatures } = readContainer(documents.issued);
    const [first, second] = signatures.map((text, index) => readSignature(text, index));
    if (!first || !second) throw new Error('expected two signatures');
    const { value } = first.proofs;
    const problemsWith = (proofs: typeof first.proofs) => {
      const text = writeSignature(first.saying, proofs);
      const bytes = writeContainer({ files, signatures: [text, signatures[1] ?? ''] });
      return verify(bytes).signatures[0]?.problems;
    };
    expect(problemsWith({ value })).toEqual(['the signature has no time-stamp']);
    expect(problemsWith({ ...first.proofs, token: second.proofs.token })).toEqual([
      'the time-stamp is over something else',
    ]);
    expect(problemsWith({ value, token: first.proofs.token })?.join()).toMatch(/nobody says whether/);
    const stranger = openSigningOffice();
    expect(verifyContainer(documents.issued, { anchors: stranger.anchors }).valid).toBe(false);
    stranger.close();
  });
});

describe('a person’s signature of a container', () => {
  const accept = async (signature: Parameters<Awaited<ReturnType<typeof prepared>>['accept']>[0], ids = ['off-1']) =>
    (await prepared()).accept(signature, { ids });
  const prepared = (chain = official.chain) =>
    papersOf(office).preparePersonal(documents.draft, signerOf(official, { certificateChain: chain }));
  const good = async () => ({ value: official.signHash((await prepared()).hash ?? new Uint8Array()) });

  it('is refused as a CMS, which a container cannot hold, and where the key is not known beforehand', async () => {
    expect(await accept({ cms: new Uint8Array(8) })).toMatchObject({ ok: false, fault: 'malformed' });
    const { certificateChain: _, ...unknown } = signerOf(official);
    const blind = await papersOf(office).preparePersonal(documents.draft, unknown);
    expect(blind.hash).toBeUndefined();
    expect(await blind.accept(await good(), { ids: ['off-1'] })).toMatchObject({ ok: false, fault: 'malformed' });
  });

  it('is refused by another key, of another official, of an authority that nobody trusts', async () => {
    const value = office.officialOf('off-1', 'Nguyễn Văn Ấ').signHash((await prepared()).hash ?? new Uint8Array());
    expect(await accept({ value })).toMatchObject({ ok: false, fault: 'wrong-key' });
    expect(await accept(await good(), ['off-2'])).toMatchObject({ ok: false, fault: 'wrong-official' });
    const stranger = openSigningOffice();
    const foreign = stranger.officialOf('off-1', 'Nguyễn Văn Ấ');
    const ready = await prepared(foreign.chain);
    const signed = { value: foreign.signHash(ready.hash ?? new Uint8Array()) };
    expect(await ready.accept(signed, { ids: ['off-1'] })).toMatchObject({ ok: false, fault: 'untrusted' });
    stranger.close();
  });

  it('is refused once its certificate is revoked, and waits while nobody says', async () => {
    const own = openSigningOffice();
    const revoked = own.officialOf('off-1', 'Nguyễn Văn Ấ');
    const { readCertificate } = await import('../../../adapters/cms/certificate.ts');
    const [leaf = new Uint8Array()] = revoked.chain;
    own.pki.revoke({ serial: readCertificate(leaf).x509.serialNumber, at: signedAt - 1000 });
    const papers = papersOf(own);
    const ready = await papers.preparePersonal(await containCertificate(papers), signerOf(revoked));
    const signed = { value: revoked.signHash(ready.hash ?? new Uint8Array()) };
    expect(await ready.accept(signed, { ids: ['off-1'] })).toMatchObject({ ok: false, fault: 'revoked' });
    const silent = papersOf(own, { about: () => Promise.reject(new TaskRetryable('away')) });
    const waiting = await silent.preparePersonal(await containCertificate(silent), signerOf(revoked));
    await expect(waiting.accept(signed, { ids: ['off-1'] })).rejects.toThrow(TaskRetryable);
    own.close();
  });
});

describe('the seal of a container', () => {
  it('is refused over one that no person has signed, and over signatures that do not hold', async () => {
    const papers = papersOf(office);
    await expect(sealContained(papers, documents.draft)).rejects.toThrow(
      new TaskTerminal('seal: personal-signature-missing (0 of 1)'),
    );
    const stranger = openSigningOffice();
    const foreign = papersOf(stranger);
    const by = { official: stranger.officialOf('off-1', 'Nguyễn Văn Ấ'), id: 'off-1' };
    const signed = await signContained(foreign, documents.draft, by);
    await expect(sealContained(papers, signed)).rejects.toThrow(/personal-signature-invalid/);
    stranger.close();
  });

  it('waits while nobody says how certificates stand', async () => {
    const silent = papersOf(office, { about: () => Promise.reject(new TaskRetryable('away')) });
    await expect(sealContained(silent, documents.signed)).rejects.toThrow(TaskRetryable);
  });

  it('stands alone, with what was said of its certificates, where a law lets it go out without a person', async () => {
    const sealed = await sealContained(papersOf(office), documents.draft, 'Act 9');
    expect(verify(sealed)).toMatchObject({ valid: true });
    expect(readSignature(readContainer(sealed).signatures[0] ?? '', 0).proofs.validation?.crls).toHaveLength(1);
    await expect(sealContained(papersOf(office), documents.signed, 'Act 9')).rejects.toThrow(TaskTerminal);
  });

  it('finds before it goes out that the seal’s own certificate does not hold', async () => {
    const own = openSigningOffice();
    const by = { official: own.officialOf('off-1', 'Nguyễn Văn Ấ'), id: 'off-1' };
    const papers = papersOf(own);
    const signed = await signContained(papers, documents.draft, by);
    const { readCertificate } = await import('../../../adapters/cms/certificate.ts');
    const [leaf = new Uint8Array()] = await own.pki.sealOf({ id: 'xuan-non', name: '' }).certificateChain();
    own.pki.revoke({ serial: readCertificate(leaf).x509.serialNumber, at: signedAt - 1000 });
    await expect(sealContained(papersOf(own, revocationOf(own)), signed)).rejects.toThrow(
      /expected signatures that hold/,
    );
    own.close();
  });
});

describe('canonical XML', () => {
  it('declares prefixes where they are first used, orders attributes and escapes as the recommendation says', () => {
    const root = element(
      'ds:Object',
      { URI: 'b\t"<&>', Id: 'a' },
      element('xades:Cert', {}, 'x < y & z > "w"\r\n'),
      element('ds:Object'),
    );
    const text =
      '<ds:Object xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="a" URI="b&#x9;&quot;&lt;&amp;>">' +
      '<xades:Cert xmlns:xades="http://uri.etsi.org/01903/v1.3.2#">x &lt; y &amp; z &gt; "w"&#xD;\n</xades:Cert>' +
      '<ds:Object></ds:Object></ds:Object>';
    expect(writeXml(root)).toBe(text);
  });

  it('writes no control character and no unknown prefix, and reads no other form', () => {
    expect(() => writeXml(element('ds:Object', {}, '\u0001'))).toThrow(/control characters/);
    expect(() => writeXml(element('other:Object'))).toThrow(/expected a prefix/);
    const deep = `${'<ds:Object>'.repeat(40)}${'</ds:Object>'.repeat(40)}`;
    for (const text of ['', 'text', '<ds:Object/>', '<ds:Object></ds:Other>', '<a></a>', deep])
      expect(() => readXml(text)).toThrow(/expected/);
  });

  it('reads an ampersand to where an entity may end, and no more elements and attributes than a signature has', () => {
    const holding = (content: string) => writeXml(element('ds:Object', {}, 'here')).replace('here', content);
    expect(() => readXml(holding('a & b & c'))).toThrow('expected an entity of canonical XML, got & b ');
    expect(() => readXml(holding('&&'))).toThrow('expected an entity of canonical XML, got &');
    const many = '<ds:Object></ds:Object>'.repeat(2_000);
    expect(() => readXml(holding(many))).toThrow('expected canonical XML of at most 2000 elements');
    const attributes = Object.fromEntries([...'abcdefghijklmnopq'].map((name) => [name, ''] as const));
    expect(() => readXml(writeXml(element('ds:Object', attributes)))).toThrow(/expected canonical XML/);
    expect(readXml(writeXml(element('ds:Object', {}, '&<>\r')))).toEqual(element('ds:Object', {}, '&<>\r'));
  });
});
