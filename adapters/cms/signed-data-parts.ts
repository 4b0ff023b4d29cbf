import { oid, TAG } from './der.ts';
import { childrenOf, expectTag, identifierAt, type Place, wholeOf } from './der-places.ts';

/** Where the parts of a SignedData lie (RFC 5652 section 5.1). */
export interface SignedDataPlaces {
  data: Place;
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
  expectTag(version, TAG.integer);
  expectTag(digests, TAG.set);
  const signers = expectTag(others.pop(), TAG.set);
  const certificates = others[0]?.tag === TAG.context(0) ? others.shift() : undefined;
  if (others[0]?.tag === TAG.context(1)) others.shift();
  if (others.length > 0) throw new Error('expected one set of signers after what comes along, got more');
  return {
    data: expectTag(data, TAG.sequence),
    encapsulated: expectTag(encapsulated, TAG.sequence),
    certificates,
    signers,
  };
}

/** Whether a field of a SignerInfo is that of the unsigned attributes. */
export function isUnsigned({ tag }: Place): boolean {
  return tag === TAG.context(1);
}
