import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { collectZip } from '../../adapters/evidence/zip-writer.ts';
import { buildPackage } from '../../functions/evidence/build-package.ts';
import { type EvidenceVerdict, verifyPackage } from '../../functions/evidence/verify-package.ts';
import { type Answer, ApiHouse, FORM, PDF } from './api-house.ts';

/** Who has to do with records: they look after them, approve, or have no say. */
export const HANDS = {
  archivist: ['thu-lam-archivist', 'archivist', 'thu-lam'],
  head: ['thu-lam-chair', 'chairperson', 'thu-lam'],
  above: ['coordinator', 'coordinator', 'coordination'],
  clerk: ['thu-lam-clerk', 'clerk', 'thu-lam'],
  stranger: ['dong-anh-chair', 'chairperson', 'dong-anh'],
} as const;
export type Hand = keyof typeof HANDS;

/** The API over one machine, with an archivist, dossiers that have ended, and a look at every byte that the machine keeps. */
export class ArchiveHouse {
  readonly api: ApiHouse;

  private constructor(api: ApiHouse) {
    this.api = api;
  }

  static async open(others: readonly string[] = []): Promise<ArchiveHouse> {
    const api = await ApiHouse.open(others);
    return new ArchiveHouse(api);
  }

  close(): Promise<void> {
    return this.api.close();
  }

  get platform() {
    return this.api.stage.machine.platform;
  }

  /** A dossier that somebody handed in, and that has ended. */
  async closed(name: string, subject = 'ngoc', large?: Uint8Array): Promise<string> {
    const token = await this.api.applicant(subject);
    const applicant = { ...(FORM['applicant'] as object), name };
    const form = { ...FORM, applicant };
    const portrait = await this.api.upload(token, large ?? PDF);
    const documents = [{ component: 'portrait', upload: portrait }];
    const contact = { email: `${subject}@example.org`, language: 'vi' };
    const body = { procedure: 'library-card', unit: 'thu-lam', form, contact, documents };
    const made = await this.api.send('POST', '/dossiers', { token, body });
    if (made.status !== 201) throw new Error(`expected a dossier, got ${JSON.stringify(made.body)}`);
    await this.api.stage.settle();
    const id = String(made.body['id']);
    const withdrawn = await this.api.send('POST', `/dossiers/${id}/withdrawal`, { token, body: { reason: 'enough' } });
    if (withdrawn.status !== 200) throw new Error(`expected an end, got ${JSON.stringify(withdrawn.body)}`);
    await this.api.stage.settle();
    return id;
  }

  async ask(hand: Hand, method: string, path: string, body?: unknown): Promise<Answer> {
    const [subject, role, unit] = HANDS[hand];
    const token = await this.api.official(subject, role, unit);
    return this.api.send(method, path, { token, ...(body !== undefined && { body }) });
  }

  propose(id: string, dossiers: readonly string[], other: Record<string, unknown> = {}): Promise<Answer> {
    const decided = { number: '12/QĐ-UBND', legalBasis: 'Luật Lưu trữ 33/2024/QH15', why: 'order', fate: 'destroyed' };
    return this.ask('archivist', 'POST', '/disposals', { ...decided, id, dossiers, ...other });
  }

  /** Proposed, approved by both; `settle` carries it out. */
  async approved(id: string, dossiers: readonly string[], other: Record<string, unknown> = {}): Promise<void> {
    const answers = [
      await this.propose(id, dossiers, other),
      await this.ask('head', 'POST', `/disposals/${id}/approvals`),
      await this.ask('above', 'POST', `/disposals/${id}/approvals`),
    ];
    const wrong = answers.find(({ status }) => status >= 300);
    if (wrong) throw new Error(`expected an approved list, got ${JSON.stringify(wrong.body)}`);
  }

  async pack(dossier: string): Promise<Uint8Array> {
    const zip = collectZip();
    const { platform, pki } = this.api.stage.machine;
    const revocationLists = [pki.revocationList()];
    const packed = await buildPackage(platform, dossier, { archive: zip.archive, revocationLists });
    if (!packed.ok) throw new Error(packed.refusal.detail);
    return zip.bytes();
  }

  async verify(dossier: string): Promise<EvidenceVerdict> {
    return verifyPackage(await this.pack(dossier), createEvidenceTools([this.api.stage.machine.pki.root]));
  }

  get folder(): string {
    return this.api.folder;
  }

  /** Every file that holds one of these, by its path in the data folder. */
  holding(...wanted: readonly (string | Uint8Array)[]): string[] {
    const forms = wanted.flatMap((each) =>
      typeof each === 'string' ? [Buffer.from(each), Buffer.from(each, 'utf16le')] : [Buffer.from(each)],
    );
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .filter((path) => {
        const bytes = readFileSync(path);
        return forms.some((form) => bytes.includes(form));
      })
      .map((path) => path.slice(this.folder.length + 1));
  }
}
