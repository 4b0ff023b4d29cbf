import type { ChainedEvent } from '../../schemas/events.ts';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { collectZip } from '../../adapters/evidence/zip-writer.ts';
import { buildPackage } from '../../functions/evidence/build-package.ts';
import { verifyPackage } from '../../functions/evidence/verify-package.ts';
import { doWork } from '../../functions/issues/work.ts';
import type { Answer, ApiHouse } from './api-house.ts';

/** Dossiers of small procedures that are received, signed by the head, sealed and closed: `test/functions/issues/`. */
export class Letters {
  readonly house: ApiHouse;
  readonly #default: string;

  constructor(house: ApiHouse, procedure: string) {
    this.house = house;
    this.#default = procedure;
  }

  decide(token: string, task: string, body: object, key?: string): Promise<Answer> {
    return this.house.send('POST', `/tasks/${task}/decision`, { token, body, ...(key !== undefined && { key }) });
  }

  async done(token: string, task: string, body: object): Promise<void> {
    expect(await this.decide(token, task, body)).toMatchObject({ status: 200 });
    await this.house.stage.settle();
  }

  /** Whether its papers have left the house is asked once more, as after a lost answer. */
  lookAgain(dossier: string): Promise<void> {
    const { platform, catalogue } = this.house.stage.machine;
    const row = { id: 'again', group: 'again', kind: 'work', dossier, at: 0, attempts: 0 } as const;
    return doWork(platform, catalogue, { ...row, body: { work: 'outgoing' } });
  }

  /** Handed in by Mai and received. */
  async received(procedure = this.#default, about?: string): Promise<string> {
    const { house } = this;
    const form = { applicant: { name: 'Nguyễn Thị Mai' } };
    const body = { procedure, unit: 'thu-lam', form, ...(about !== undefined && { about }) };
    const { status, body: answer } = await house.send('POST', '/dossiers', {
      token: await house.applicant('mai'),
      body,
    });
    expect({ status, answer }).toMatchObject({ status: 201 });
    const id = String(answer['id']);
    await house.stage.settle();
    await this.done(await house.official('thu-lam-reception', 'reception'), `${id}.receive.1`, { outcome: 'accepted' });
    return id;
  }

  /** Signed, numbered and sealed, and handed over. */
  async sealed(procedure = this.#default, about?: string): Promise<string> {
    const { house } = this;
    const id = await this.received(procedure, about);
    const chair = await house.official('thu-lam-chair', 'chairperson');
    const task = `${id}.sign.1.personal1`;
    const { body } = await house.send('GET', `/tasks/${task}`, { token: chair });
    const { credential, hash } = body['toSign'] as { credential: string; hash: string };
    const activation = house.stage.world.authorize(credential, Buffer.from(hash, 'base64'));
    await this.done(chair, task, { outcome: 'signed', signature: { credential, activation } });
    await this.done(await house.official('thu-lam-clerk', 'clerk'), `${id}.sign.1.organisation`, { outcome: 'signed' });
    return id;
  }

  stored(id: string): Promise<ChainedEvent[]> {
    return this.house.stage.machine.platform.store.events(id);
  }

  async types(id: string): Promise<string[]> {
    return (await this.stored(id)).map(({ event }) => event.type);
  }

  async read(id: string, token?: string): Promise<Record<string, unknown>> {
    const { house } = this;
    return (await house.send('GET', `/dossiers/${id}`, { token: token ?? (await house.applicant('mai')) })).body;
  }

  /** Digest of the sealed letter. */
  async letter(id: string): Promise<string> {
    const { issues } = (await this.read(id)) as { issues: Record<string, { sealed: { document: string } }> };
    return issues['letter']?.sealed.document ?? '';
  }

  /** What the offline verifier says of the letter. */
  async verified(id: string): Promise<unknown> {
    const { platform, pki } = this.house.stage.machine;
    const zip = collectZip();
    await buildPackage(platform, id, { archive: zip.archive, revocationLists: [pki.revocationList()] });
    const verdict = verifyPackage(zip.bytes(), createEvidenceTools([pki.root]));
    if (!verdict.ok) throw new Error(`expected a package that holds: ${JSON.stringify(verdict)}`);
    return verdict.summary.results[0];
  }
}
