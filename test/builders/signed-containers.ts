import { createPapers } from '../../adapters/pdf/papers.ts';
import type { Papers, PersonalSigner } from '../../domain/ports/papers.ts';
import type { RevocationSource } from '../../domain/ports/signing.ts';
import { buildTemplate, certificateData, timeZone } from './signed-documents.ts';
import { signedAt, type Official, type SigningOffice } from './signing-office.ts';

const issue = { number: '123/GKS-UBND', date: '2026-11-23' };

/** What the office's own authority says, as one list. */
export function revocationOf({ pki }: SigningOffice): RevocationSource {
  return { about: () => Promise.resolve({ crls: [pki.revocationList()], ocsps: [] }) };
}

export function papersOf(office: SigningOffice, revocation: RevocationSource = revocationOf(office)): Papers {
  const { pki, timestamps, anchors } = office;
  const seals = {
    held: () => Promise.resolve(undefined),
    of: (unit: string) => Promise.resolve(pki.sealOf({ id: unit, name: 'Ủy ban nhân dân xã Xuân Nộn' })),
  };
  return createPapers({ seals, timestamps, anchors, revocation, timeZone, lang: 'vi' });
}

/** What an official signs with, as the platform knows it. */
export function signerOf(official: Official, changes: Partial<PersonalSigner> = {}): PersonalSigner {
  return {
    certificateChain: official.chain,
    name: 'Nguyễn Văn Ấ',
    capacity: ['KT. CHỦ TỊCH', 'PHÓ CHỦ TỊCH <tạm quyền> & "khác"'],
    agency: 'UBND xã Xuân Nộn',
    role: 'chairperson',
    at: signedAt,
    ...changes,
  };
}

/** A container with nobody's signature; `readable` in place of a drawn paper where it does not matter. */
export function containCertificate(
  papers: Papers,
  readable: Uint8Array = Buffer.from('%PDF-1.7'),
): Promise<Uint8Array> {
  const data = Buffer.from('{"issue":"certificate"}');
  return papers.contain({ name: 'certificate', readable, data });
}

export async function signContained(
  papers: Papers,
  container: Uint8Array,
  { official, id }: { official: Official; id: string },
): Promise<Uint8Array> {
  const prepared = await papers.preparePersonal(container, signerOf(official));
  const value = official.signHash(prepared.hash ?? new Uint8Array());
  const accepted = await prepared.accept({ value }, { ids: [id] });
  if (!accepted.ok) throw new Error(`expected a signature that holds: ${accepted.problem}`);
  return accepted.paper;
}

/** A PDF that no person signs, sealed by a law that lets it go out so. */
export async function sealAlone(office: SigningOffice, revocation?: RevocationSource): Promise<Uint8Array> {
  const papers = papersOf(office, revocation);
  const template = buildTemplate({ sign: [] });
  const draft = await papers.render({ template, data: certificateData, at: office.clock.now(), id: 'd01.receipt' });
  return papers.applySeal(draft, {
    unit: 'xuan-non',
    template,
    data: { ...certificateData, issue },
    agency: 'UBND xã Xuân Nộn',
    at: office.clock.now(),
    automatic: 'Act 9',
  });
}

export function sealContained(papers: Papers, container: Uint8Array, automatic?: string): Promise<Uint8Array> {
  return papers.applySeal(container, {
    unit: 'xuan-non',
    template: buildTemplate(),
    data: { ...certificateData, issue },
    agency: 'UBND xã Xuân Nộn',
    at: signedAt,
    ...(automatic !== undefined && { automatic }),
  });
}

/** Drawn, signed by a person, sealed. */
export async function issueContainer(
  office: SigningOffice,
): Promise<{ draft: Uint8Array; signed: Uint8Array; issued: Uint8Array }> {
  const papers = papersOf(office);
  const readable = await papers.render({
    template: buildTemplate({ sign: [], organisation: undefined }),
    data: certificateData,
    at: signedAt,
    id: 'd01.certificate',
  });
  const draft = await containCertificate(papers, readable);
  const signed = await signContained(papers, draft, {
    official: office.officialOf('off-1', 'Nguyễn Văn Ấ'),
    id: 'off-1',
  });
  return { draft, signed, issued: await sealContained(papers, signed) };
}
