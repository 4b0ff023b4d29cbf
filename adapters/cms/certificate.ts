import { X509Certificate } from 'node:crypto';
import { BitString } from 'asn1js';
import { BasicConstraints, Certificate as PkiCertificate, ExtKeyUsage, type RelativeDistinguishedNames } from 'pkijs';
import { oid, parseDer, TAG, toPemText } from './der.ts';
import { childrenOf, expectTag, wholeOf, writtenAt } from './der-places.ts';
import { readChain } from './read-chain.ts';
import { readOnce } from './read-once.ts';

/** A certificate read once: node for the cryptography, pkijs for the extensions that node does not show. */
export interface Certificate {
  der: Uint8Array;
  x509: X509Certificate;
  pki: PkiCertificate;
  /** DER of the issuer's name and of the serial number, by which a signature names the certificate. */
  issuer: Uint8Array;
  serial: Uint8Array;
}

export const keyUsageBits = { digitalSignature: 0, contentCommitment: 1, keyCertSign: 5, crlSign: 6 } as const;

/** The few of authorities, seals and officials come along with every signature. */
const MOST_KEPT = 256;

export const readCertificate = readOnce((der): Certificate => {
  const pki = new PkiCertificate({ schema: parseDer(der) });
  return { der, x509: new X509Certificate(der), pki, ...namedBy(der) };
}, MOST_KEPT);

/** As they are written: serial number, algorithm and issuer follow the version, if there is one (RFC 5280 section 4.1). */
function namedBy(der: Uint8Array): Pick<Certificate, 'issuer' | 'serial'> {
  const [signed] = childrenOf(der, wholeOf(der));
  const fields = childrenOf(der, expectTag(signed, TAG.sequence));
  const [serial, , issuer] = fields[0]?.tag === TAG.context(0) ? fields.slice(1) : fields;
  return {
    issuer: writtenAt(der, expectTag(issuer, TAG.sequence)),
    serial: writtenAt(der, expectTag(serial, TAG.integer)),
  };
}

/** Reads all certificates of a PEM text, in its order; throws when it holds none. */
export function readPem(pem: string): Certificate[] {
  return readChain(pem).map(readCertificate);
}

export function toPem(der: Uint8Array): string {
  return toPemText('CERTIFICATE', der);
}

/** The value of one attribute of a name: 2.5.4.3 is the common name, 2.5.4.5 the serial number by which an official is known. */
export function nameAttribute(name: RelativeDistinguishedNames, type: string): string | undefined {
  const found = name.typesAndValues.find((attribute) => attribute.type === type);
  const value: unknown = found?.value.valueBlock.value;
  return typeof value === 'string' ? value : undefined;
}

/** Whether the key may do this. A certificate without the extension may do everything (RFC 5280 section 4.2.1.3). */
export function allowsUsage(certificate: Certificate, usage: keyof typeof keyUsageBits): boolean {
  const bits = certificate.pki.extensions?.find((extension) => extension.extnID === oid.keyUsage)
    ?.parsedValue as unknown;
  if (bits === undefined) return true;
  if (!(bits instanceof BitString)) return false;
  const bit = keyUsageBits[usage];
  return (((bits.valueBlock.valueHexView[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
}

/** Whether it is an authority's certificate, and how many authorities may stand below it. */
export function authorityOf(certificate: Certificate): { pathLength: number } | undefined {
  const parsed = certificate.pki.extensions?.find((extension) => extension.extnID === oid.basicConstraints)
    ?.parsedValue as unknown;
  if (!(parsed instanceof BasicConstraints) || !parsed.cA) return undefined;
  return { pathLength: typeof parsed.pathLenConstraint === 'number' ? parsed.pathLenConstraint : Infinity };
}

/** Whether the certificate is for time-stamping and nothing else, and says so critically (RFC 3161 section 2.3). */
export function isForTimestamping(certificate: Certificate): boolean {
  const extension = certificate.pki.extensions?.find(({ extnID }) => extnID === oid.extendedKeyUsage);
  const parsed = extension?.parsedValue as unknown;
  return (
    extension?.critical === true &&
    parsed instanceof ExtKeyUsage &&
    parsed.keyPurposes.length === 1 &&
    parsed.keyPurposes[0] === oid.timeStamping
  );
}
