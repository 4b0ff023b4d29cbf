import type { Registry } from '../../domain/ports/registry.ts';
import { refuse, type Refused } from '../../schemas/refusals.ts';
import type { AccessToken, Identity } from './authentication.ts';

/** The agency's system to which the issuer gave this token in its own name (client credentials, RFC 6749, 4.4): its `client_id` is its id in the registry. */
export async function identifySystem(
  registry: Registry,
  { client = '', scopes = [] }: AccessToken,
): Promise<{ ok: true; identity: Identity } | Refused> {
  const found = await registry.get('system', client);
  if (!found) return refuse('not-entitled', 'the registry knows no system of this client');
  return {
    ok: true,
    identity: { kind: 'system', subject: `system:${found.id}`, system: found.record, scopes: new Set(scopes) },
  };
}
