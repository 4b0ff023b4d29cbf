import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { Endpoint } from '../../schemas/connector.ts';

interface Fault {
  at: string[];
  expected: string;
  found: string;
}

/** Why an endpoint's certificates let us in nowhere, or trust nobody: said when they are handed in, not by the first citizen's dossier. Names no part of a key. */
export function refuseCertificates({ client, ca }: Pick<Endpoint, 'client' | 'ca'>, now: number): Fault | undefined {
  return (client && refuseClient(client, now)) ?? (ca === undefined ? undefined : refuseChain(ca, ['ca']));
}

function refuseClient({ certificate, key }: NonNullable<Endpoint['client']>, now: number): Fault | undefined {
  const at = ['client', 'certificate'];
  const unreadable = refuseChain(certificate, at);
  if (unreadable) return unreadable;
  const own = new X509Certificate(certificate);
  if (now > own.validToDate.getTime())
    return { at, expected: 'a certificate that still holds', found: `one that ended ${own.validToDate.toISOString()}` };
  try {
    if (own.checkPrivateKey(createPrivateKey(key))) return undefined;
  } catch {
    return { at: ['client', 'key'], expected: 'a private key without a passphrase', found: 'none that can be read' };
  }
  return { at: ['client', 'key'], expected: 'the key of the certificate', found: 'another key' };
}

/** Each certificate of a text in PEM can be read. */
function refuseChain(text: string, at: string[]): Fault | undefined {
  const each = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const wrong = each.findIndex((pem) => {
    try {
      return new X509Certificate(pem).raw.length === 0;
    } catch {
      return true;
    }
  });
  return wrong === -1
    ? undefined
    : { at, expected: 'certificates in PEM', found: `one that cannot be read, the ${wrong + 1}. of ${each.length}` };
}
