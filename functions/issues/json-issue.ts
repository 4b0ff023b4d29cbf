import { canonical } from '../../domain/chain.ts';
import type { Dossier } from '../../domain/dossier/state.ts';
import type { Seal } from '../../domain/ports/signing.ts';
import type { Platform } from '../runtime/platform.ts';

/**
 * An automatic issue without paper: a compact JWS (RFC 7515) over canonical JSON, signed by the seal of its unit,
 * whose certificates travel in `x5c`.
 */
export async function signJsonIssue(
  platform: Pick<Platform, 'seals'>,
  dossier: Dossier,
  issue: { name: string; number: string | null; at: string; unit: string; content: Readonly<Record<string, unknown>> },
): Promise<Uint8Array> {
  const seal = await platform.seals.of(issue.unit);
  const header = await headerOf(seal);
  const payload = canonical({
    issue: issue.name,
    number: issue.number,
    date: issue.at,
    unit: issue.unit,
    dossier: dossier.id,
    code: dossier.code,
    procedure: `${dossier.procedure}@${dossier.procedureVersion}`,
    head: dossier.hash,
    content: issue.content,
  });
  const input = `${header}.${Buffer.from(payload).toString('base64url')}`;
  const signature = await seal.sign(Buffer.from(input));
  return Buffer.from(`${input}.${Buffer.from(signature).toString('base64url')}`);
}

const headers = new WeakMap<object, Promise<string>>();

function headerOf(seal: Seal): Promise<string> {
  const known = headers.get(seal);
  if (known) return known;
  const header = seal.certificateChain().then((chain) => {
    const x5c = chain.map((der) => Buffer.from(der).toString('base64'));
    return Buffer.from(canonical({ alg: 'ES256', typ: 'onetrack-issue+jws', x5c })).toString('base64url');
  });
  headers.set(seal, header);
  return header;
}
