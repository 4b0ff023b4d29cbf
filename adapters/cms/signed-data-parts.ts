import { oid, TAG } from './der.ts';
import { childrenOf, expectTag, identifierAt, type Place, smallNumberAt, wholeOf } from './der-places.ts';

/** Where the parts of a SignedData lie (RFC 5652 section 5.1). */
export interface SignedDataPlaces {
  data: Place;
  /** A SET of the algorithms that signers digest by. */
  digests: Place;
  encapsulated: Place;
  certificates: Place | undefined;
  /** A SET of SignerInfo, the last of the data. */
  signers: Place;
}

/** Finds them in a DER ContentInfo; throws for what is none. */
export function findParts(der: Uint8Array): SignedDataPlaces {
  const [type, explicit, ...after] = childrenOf(der, expectTag(wholeOf(der), TAG.sequence));
  const contentType = identifierAt(der, type);
  if (contentType !== oid.signedData) throw new Error(`expected CMS SignedData, got content type ${contentType}`);
  const [data, ...beside] = childrenOf(der, expectTag(explicit, TAG.context(0)));
  if (after.length > 0 || beside.length > 0) throw new Error('expected CMS SignedData and nothing beside it');
  const fields = childrenOf(der, expectTag(data, TAG.sequence));
  const [version, digests, encapsulated, ...others] = fields;
  const signers = expectTag(others.pop(), TAG.set);
  const certificates = others[0]?.tag === TAG.context(0) ? others.shift() : undefined;
  const revocations = others[0]?.tag === TAG.context(1) ? others.shift() : undefined;
  if (others.length > 0) throw new Error('expected one set of signers after what comes along, got more');
  const wanted = versionOf({
    content: identifierAt(der, childrenOf(der, expectTag(encapsulated, TAG.sequence))[0]),
    certificates: certificates ? childrenOf(der, certificates).map(({ tag }) => tag) : [],
    revocations: revocations ? childrenOf(der, revocations).map(({ tag }) => tag) : [],
  });
  const written = smallNumberAt(der, version);
  if (written !== wanted) throw new Error(`expected SignedData of version ${wanted}, got ${written}`);
  return {
    data: expectTag(data, TAG.sequence),
    digests: expectTag(digests, TAG.set),
    encapsulated: expectTag(encapsulated, TAG.sequence),
    certificates,
    signers,
  };
}

/** The version that SignedData must have by what is in it (section 5.1), signers being named by issuer and number; throws where a certificate is of no kind that there is. */
function versionOf(of: { content: string; certificates: readonly number[]; revocations: readonly number[] }): number {
  const kinds = [TAG.sequence, TAG.context(0), TAG.context(1), TAG.context(2), TAG.context(3)];
  if (!of.certificates.every((tag) => kinds.includes(tag)))
    throw new Error('expected certificates among what comes along, got something else');
  const isOther = of.certificates.includes(TAG.context(3)) || of.revocations.includes(TAG.context(1));
  if (isOther) return 5;
  if (of.certificates.includes(TAG.context(2))) return 4;
  return of.certificates.includes(TAG.context(1)) || of.content !== oid.data ? 3 : 1;
}

/** Whether a field of a SignerInfo is that of the unsigned attributes. */
export function isUnsigned({ tag }: Place): boolean {
  return tag === TAG.context(1);
}
