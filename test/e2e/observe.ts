import { execFileSync, spawnSync } from 'node:child_process';
import { unzipSync } from 'fflate';
import { createEvidenceTools } from '../../adapters/evidence/proofs.ts';
import { fold } from '../../domain/dossier/fold.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import { verifyPackage } from '../../functions/evidence/verify-package.ts';
import type { Loaded } from '../../functions/runtime/dossier-cache.ts';
import type { DossierEvent } from '../../schemas/events.ts';
import { upcastEvent } from '../../schemas/upcast-event.ts';
import type { Target } from './target.ts';

/** A dossier as who may read its record makes it out. */
export interface Observed {
  dossier: Dossier;
  events: DossierEvent[];
}

/** Reads the record of a dossier through the API and folds it. */
export async function observe({ api }: Target, token: string, id: string): Promise<Observed> {
  const { body } = await api.expect(200, 'GET', `/dossiers/${id}/events`, { token });
  const items = body['items'] as { event: Parameters<typeof upcastEvent>[0]; hash: string }[];
  let dossier: Dossier | undefined;
  const events: DossierEvent[] = [];
  for (const { event, hash } of items) {
    const current = upcastEvent(event);
    events.push(current);
    dossier = fold(dossier, current, hash);
  }
  if (!dossier) throw new Error(`dossier ${id}: expected events`);
  return { dossier, events };
}

/** What evidence packages hold that the record alone does not say: the personal data behind it. */
export function secretsIn(archive: Uint8Array): Loaded['secrets'] {
  const files = Object.entries(unzipSync(archive));
  return new Map(
    files.flatMap(([path, bytes]) => {
      const seq = /^secrets\/(\d+)\.json$/.exec(path)?.[1];
      return seq === undefined ? [] : [[Number(seq), JSON.parse(Buffer.from(bytes).toString('utf8')) as object]];
    }),
  ) as Loaded['secrets'];
}

/** What the offline verifier finds wrong in a package. */
export function evidenceFaults(archive: Uint8Array, { trust }: Target): string[] {
  const verdict = verifyPackage(archive, createEvidenceTools([...trust]));
  return verdict.ok ? [] : verdict.faults.map((fault) => `evidence: ${JSON.stringify(fault)}`);
}

export const readsPdf = spawnSync('pdftotext', ['-v']).error === undefined;

/** The text of a PDF, as poppler reads it. */
export function textOf(pdf: Uint8Array): string {
  return execFileSync('pdftotext', ['-', '-'], { input: pdf, encoding: 'utf8' });
}
