import * as asn1js from 'asn1js';

/** Object identifiers used in certificates, signatures and time-stamps. */
export const oid = {
  ecPublicKey: '1.2.840.10045.2.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  sha256: '2.16.840.1.101.3.4.2.1',
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  signatureTimestamp: '1.2.840.113549.1.9.16.2.14',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  documentSigning: '1.3.6.1.5.5.7.3.36',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  subjectKeyIdentifier: '2.5.29.14',
  authorityKeyIdentifier: '2.5.29.35',
  crlNumber: '2.5.29.20',
  crlDistributionPoints: '2.5.29.31',
  issuingDistributionPoint: '2.5.29.28',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  ocsp: '1.3.6.1.5.5.7.48.1',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;

/** What asn1js and pkijs want: a buffer that holds these bytes and nothing else. */
export function toArrayBuffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}

/** Parses exactly one DER value; throws when there is none or bytes follow it. */
export function parseDer(bytes: Uint8Array): asn1js.AsnType {
  const { offset, result } = asn1js.fromBER(toArrayBuffer(bytes));
  if (offset === -1) throw new Error(`expected DER, got ${bytes.length} bytes that are none (${result.error})`);
  if (offset !== bytes.length) throw new Error(`expected one DER value, got ${bytes.length - offset} bytes after it`);
  return result;
}

/** Encodes a value of asn1js or pkijs. */
export function toDer(value: { toBER(): ArrayBuffer } | { toSchema(): { toBER(): ArrayBuffer } }): Uint8Array {
  return new Uint8Array('toBER' in value ? value.toBER() : value.toSchema().toBER());
}

/** Tags of DER values (X.690 section 8.1.2); `context(n)` is the constructed tag of `[n]`. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
  context: (number: number): number => 0xa0 + number,
} as const;

/** One DER value of a tag, its content put together from parts: for what is written often, as asn1js takes many times as long. */
export function derOf(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...lengthOctets(length)];
  const der = new Uint8Array(head.length + length);
  der.set(head);
  let at = head.length;
  for (const part of parts) {
    der.set(part, at);
    at += part.length;
  }
  return der;
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256);
  return [0x80 + octets.length, ...octets];
}

const identifiers = new Map<string, Uint8Array>();

/** A DER OBJECT IDENTIFIER of one of our own constants, encoded once. */
export function derOid(value: string): Uint8Array {
  let der = identifiers.get(value);
  if (der === undefined) identifiers.set(value, (der = toDer(new asn1js.ObjectIdentifier({ value }))));
  return der;
}

/** The textual form of RFC 7468. */
export function toPemText(label: 'CERTIFICATE' | 'CERTIFICATE REQUEST', der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** The first element of a constructed value, `undefined` when it is none. */
export function firstChild(value: unknown): asn1js.AsnType | undefined {
  return value instanceof asn1js.Constructed ? value.valueBlock.value[0] : undefined;
}

/** An unsigned integer's DER content as hexadecimal, for comparing nonces and serial numbers. */
export function integerHex(value: asn1js.Integer): string {
  return Buffer.from(value.valueBlock.valueHexView)
    .toString('hex')
    .replace(/^(00)+(?=..)/, '');
}
