import type { RevocationSource } from '../../../domain/ports/signing.ts';
import type { LocalPki } from './local-pki.ts';

/** The local authority knows itself what it has revoked. */
export function localRevocation(pki: LocalPki): RevocationSource {
  return { about: () => Promise.resolve({ crls: [pki.revocationList()], ocsps: [] }) };
}
