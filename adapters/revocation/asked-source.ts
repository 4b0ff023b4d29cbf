import { TaskRetryable } from '../../domain/failures.ts';
import type { RevocationEvidence, RevocationSource } from '../../domain/ports/signing.ts';
import { readCertificate, type Certificate } from '../cms/certificate.ts';
import { buildOcspRequest, ocspUrlsOf } from '../cms/ocsp.ts';
import { listUrlsOf } from '../cms/revocation-list.ts';
import { standingAt } from '../cms/revocation.ts';
import { fetchRevocationLists } from '../evidence/revocation-lists.ts';
import type { Download } from '../outbound/guarded-download.ts';

export interface AskedSourceOptions {
  /** Asks the addresses in certificates. */
  download: Download;
  /** Addresses that the operator names: of authorities whose certificates name none. */
  lists: readonly string[];
}

const NOTHING: RevocationEvidence = { crls: [], ocsps: [] };

/**
 * Asks the authorities themselves, of each certificate: first its OCSP responders, whose answers are small, then the lists that it names, then those that
 * the operator names. The first word that tells how the certificate stands is enough.
 */
export function createAskedSource({ download, lists }: AskedSourceOptions): RevocationSource {
  return {
    async about(chain, at) {
      const certificates = chain.map(readCertificate);
      const said = await Promise.all(
        certificates.slice(0, -1).map((certificate, i) => {
          const issuer = certificates[i + 1];
          if (issuer === undefined) throw new Error('expected a chain that ends with its origin');
          return askAbout({ certificate, issuer, at }, waysOf({ certificate, issuer }, { download, lists }));
        }),
      );
      return { crls: said.flatMap(({ crls }) => crls), ocsps: said.flatMap(({ ocsps }) => ocsps) };
    },
  };
}

interface Way {
  url: string;
  ask: () => Promise<RevocationEvidence>;
}

function waysOf(
  { certificate, issuer }: { certificate: Certificate; issuer: Certificate },
  { download, lists }: AskedSourceOptions,
): Way[] {
  const bytes = buildOcspRequest(certificate, issuer);
  const question = { body: { type: 'application/ocsp-request', bytes } };
  return [
    ...ocspUrlsOf(certificate).map((url) => ({
      url,
      ask: async () => ({ ...NOTHING, ocsps: [await download(url, question)] }),
    })),
    ...listUrlsOf(certificate).map((url) => ({ url, ask: async () => ({ ...NOTHING, crls: [await download(url)] }) })),
    ...lists.map((url) => ({ url, ask: async () => ({ ...NOTHING, crls: await fetchRevocationLists([url]) }) })),
  ];
}

async function askAbout(
  { certificate, issuer, at }: { certificate: Certificate; issuer: Certificate; at: number },
  ways: readonly Way[],
): Promise<RevocationEvidence> {
  const failed: string[] = [];
  for (const { url, ask } of ways) {
    try {
      const said = await ask();
      if (standingAt(certificate, issuer, { ...said, at }).status !== 'unknown') return said;
      failed.push(`${url}: its answer does not tell`);
    } catch (error) {
      failed.push(`${url}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  const why = failed.length > 0 ? failed.join('; ') : 'it names no address to ask, and the operator names no list';
  throw new TaskRetryable(
    `expected to learn whether certificate ${certificate.x509.serialNumber} is revoked, asked in vain: ${why}`,
  );
}
