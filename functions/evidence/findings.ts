import type { Proofs } from '../../domain/ports/evidence-tools.ts';
import type { EvidenceFault, EvidenceFaultCode, EvidenceManifest } from '../../schemas/evidence.ts';

const MOST_FAULTS = 100;

/** Collects what does not hold, in the order of checking. Expectations and findings are identifiers, digests and instants, never personal data. */
export class Findings {
  readonly faults: EvidenceFault[] = [];

  add(place: string, fault: EvidenceFaultCode, expected: string, found: string): void {
    if (this.faults.length < MOST_FAULTS) this.faults.push({ place, fault, expected, found });
  }
}

/** A package that could be opened. */
export interface Opened {
  files: ReadonlyMap<string, Uint8Array>;
  manifest: EvidenceManifest;
  proofs: Proofs;
  findings: Findings;
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('utf8');
}

/** Place of an event: its line, counted from 1 as editors do. */
export function lineOf(seq: number): string {
  return `events.jsonl line ${seq}`;
}

/** JSON that is exactly its own canonical form (RFC 8785), so that no two readers read it differently; undefined if it is not. */
export function readCanonical(bytes: Uint8Array, canonical: (value: unknown) => string): unknown {
  try {
    const text = textOf(bytes);
    const value: unknown = JSON.parse(text);
    return canonical(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}
