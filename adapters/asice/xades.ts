import { sha256 } from '../cms/signed-data.ts';
import { childrenOf, descend, element, readXml, textOf, writeXml, type XmlElement } from './canonical-xml.ts';

const ALGORITHMS = {
  canonical: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  signature: 'http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256',
  digest: 'http://www.w3.org/2001/04/xmlenc#sha256',
} as const;
const SIGNED_PROPERTIES = 'http://uri.etsi.org/01903#SignedProperties';
/** That who signs is the origin of what is signed (ETSI TS 119 172-1, B.1). */
const PROOF_OF_ORIGIN = 'http://uri.etsi.org/01903/v1.2.2#ProofOfOrigin';

/** What a signature says. What follows from it - digests of certificate and properties - is computed, never read. */
export interface Saying {
  /** Its place among the signatures of the container, from 0. */
  index: number;
  files: readonly { name: string; type: string; sha256: Uint8Array }[];
  /** Claimed instant of signing, in seconds: `2026-11-23T10:00:00Z`; the time-stamp proves it. */
  at: string;
  /** DER, the signer's own first. */
  certificates: readonly Uint8Array[];
  /** In what capacity a person signs, one line each. */
  roles: readonly string[];
  /** Of the organisation's signature alone. */
  registration?: Registration | undefined;
}

/** What comes with the organisation's signature, after the persons': number and date cannot stand in what they have signed. */
export interface Registration {
  unit: string;
  number: string;
  place: string;
  /** SHA-256 of the value of each signature that was there before, in order. */
  after: readonly Uint8Array[];
}

/** What is added to a signature once it is made. Nobody signs it: its parts stand for themselves. */
export interface Proofs {
  /** r || s. */
  value: Uint8Array;
  /** RFC 3161, over the canonical `ds:SignatureValue`. */
  token?: Uint8Array | undefined;
  /** Level LT: all DER. */
  validation?:
    { certificates: readonly Uint8Array[]; crls: readonly Uint8Array[]; ocsps: readonly Uint8Array[] } | undefined;
}

/** What the signer's key signs: `ds:SignedInfo` in canonical form. */
export function signedInfoOf(saying: Saying): Uint8Array {
  return Buffer.from(writeXml(signedInfo(saying)));
}

/** SHA-256 that a signature's time-stamp is over. */
export function stampedDigest({ index }: Pick<Saying, 'index'>, value: Uint8Array): Uint8Array {
  return sha256(Buffer.from(writeXml(signatureValue(index, value))));
}

/** One signature as a file of the container: XAdES baseline (ETSI EN 319 132-1), B-B and what is there of T and LT. */
export function writeSignature(saying: Saying, proofs: Proofs): string {
  const { index, certificates } = saying;
  const signature = element(
    'ds:Signature',
    { Id: `S${index}` },
    signedInfo(saying),
    signatureValue(index, proofs.value),
    element(
      'ds:KeyInfo',
      {},
      element('ds:X509Data', {}, ...certificates.map((der) => element('ds:X509Certificate', {}, base64(der)))),
    ),
    element(
      'ds:Object',
      {},
      element(
        'xades:QualifyingProperties',
        { Target: `#S${index}` },
        signedProperties(saying),
        unsignedProperties(index, proofs),
      ),
    ),
  );
  return writeXml(element('asic:XAdESSignatures', {}, signature));
}

/** Reads what `writeSignature` has written, and no other form; throws for one. Nothing is judged here. */
export function readSignature(text: string, index: number): { saying: Saying; proofs: Proofs } {
  const signature = descend(readXml(text), 'ds:Signature');
  const properties = descend(signature, 'ds:Object', 'xades:QualifyingProperties');
  const saying = sayingOf(signature, properties, index);
  const proofs = proofsOf(signature, properties);
  if (writeSignature(saying, proofs) !== text)
    throw new Error(`expected signature ${index + 1} to say what it says in our form, and nothing else`);
  return { saying, proofs };
}

function signedInfo(saying: Saying): XmlElement {
  const { index, files } = saying;
  const digested = (bytes: Uint8Array) => [
    element('ds:DigestMethod', { Algorithm: ALGORITHMS.digest }),
    element('ds:DigestValue', {}, base64(bytes)),
  ];
  return element(
    'ds:SignedInfo',
    {},
    element('ds:CanonicalizationMethod', { Algorithm: ALGORITHMS.canonical }),
    element('ds:SignatureMethod', { Algorithm: ALGORITHMS.signature }),
    ...files.map((file, place) =>
      element('ds:Reference', { Id: `S${index}-file${place}`, URI: file.name }, ...digested(file.sha256)),
    ),
    element(
      'ds:Reference',
      { Type: SIGNED_PROPERTIES, URI: `#S${index}-properties` },
      element('ds:Transforms', {}, element('ds:Transform', { Algorithm: ALGORITHMS.canonical })),
      ...digested(sha256(Buffer.from(writeXml(signedProperties(saying))))),
    ),
  );
}

function signatureValue(index: number, value: Uint8Array): XmlElement {
  return element('ds:SignatureValue', { Id: `S${index}-value` }, base64(value));
}

function signedProperties({ index, files, at, certificates, roles, registration }: Saying): XmlElement {
  const [signer] = certificates;
  if (signer === undefined) throw new Error('expected the certificate of the signer, got none');
  return element(
    'xades:SignedProperties',
    { Id: `S${index}-properties` },
    element(
      'xades:SignedSignatureProperties',
      {},
      element('xades:SigningTime', {}, at),
      element(
        'xades:SigningCertificateV2',
        {},
        element(
          'xades:Cert',
          {},
          element(
            'xades:CertDigest',
            {},
            element('ds:DigestMethod', { Algorithm: ALGORITHMS.digest }),
            element('ds:DigestValue', {}, base64(sha256(signer))),
          ),
        ),
      ),
      roles.length === 0
        ? undefined
        : element(
            'xades:SignerRoleV2',
            {},
            element('xades:ClaimedRoles', {}, ...roles.map((role) => element('xades:ClaimedRole', {}, role))),
          ),
    ),
    element(
      'xades:SignedDataObjectProperties',
      {},
      ...files.map(({ type }, place) =>
        element(
          'xades:DataObjectFormat',
          { ObjectReference: `#S${index}-file${place}` },
          element('xades:MimeType', {}, type),
        ),
      ),
      registration && commitment(registration),
    ),
  );
}

/** The organisation commits itself to what is signed, under this number. */
function commitment({ unit, number, place, after }: Registration): XmlElement {
  return element(
    'xades:CommitmentTypeIndication',
    {},
    element('xades:CommitmentTypeId', {}, element('xades:Identifier', {}, PROOF_OF_ORIGIN)),
    element('xades:AllSignedDataObjects'),
    element(
      'xades:CommitmentTypeQualifiers',
      {},
      element(
        'xades:CommitmentTypeQualifier',
        {},
        element(
          'registration:Registration',
          {},
          element('registration:Unit', {}, unit),
          element('registration:Number', {}, number),
          element('registration:Place', {}, place),
          ...after.map((digest) => element('registration:After', { Algorithm: ALGORITHMS.digest }, base64(digest))),
        ),
      ),
    ),
  );
}

function unsignedProperties(index: number, { token, validation }: Proofs): XmlElement | undefined {
  if (token === undefined) return undefined;
  const listed = (list: string, item: string, all: readonly Uint8Array[]) =>
    all.length === 0 ? undefined : element(list, {}, ...all.map((der) => element(item, {}, base64(der))));
  return element(
    'xades:UnsignedProperties',
    {},
    element(
      'xades:UnsignedSignatureProperties',
      {},
      element(
        'xades:SignatureTimeStamp',
        { Id: `S${index}-time` },
        element('ds:CanonicalizationMethod', { Algorithm: ALGORITHMS.canonical }),
        element('xades:EncapsulatedTimeStamp', {}, base64(token)),
      ),
      validation && listed('xades:CertificateValues', 'xades:EncapsulatedX509Certificate', validation.certificates),
      validation &&
        element(
          'xades:RevocationValues',
          {},
          listed('xades:CRLValues', 'xades:EncapsulatedCRLValue', validation.crls),
          listed('xades:OCSPValues', 'xades:EncapsulatedOCSPValue', validation.ocsps),
        ),
    ),
  );
}

function sayingOf(signature: XmlElement, properties: XmlElement, index: number): Saying {
  const signed = descend(properties, 'xades:SignedProperties');
  const ofSignature = descend(signed, 'xades:SignedSignatureProperties');
  const ofData = descend(signed, 'xades:SignedDataObjectProperties');
  const formats = childrenOf(ofData, 'xades:DataObjectFormat');
  const references = childrenOf(descend(signature, 'ds:SignedInfo'), 'ds:Reference').slice(0, formats.length);
  const [roles] = childrenOf(ofSignature, 'xades:SignerRoleV2');
  const [committed] = childrenOf(ofData, 'xades:CommitmentTypeIndication');
  return {
    index,
    files: references.map((reference, place) => ({
      name: reference.attributes['URI'] ?? '',
      type: textOf(descend(formats[place] ?? reference, 'xades:MimeType')),
      sha256: bytesOf(descend(reference, 'ds:DigestValue')),
    })),
    at: textOf(descend(ofSignature, 'xades:SigningTime')),
    certificates: childrenOf(descend(signature, 'ds:KeyInfo', 'ds:X509Data'), 'ds:X509Certificate').map(bytesOf),
    roles: roles ? childrenOf(descend(roles, 'xades:ClaimedRoles'), 'xades:ClaimedRole').map(textOf) : [],
    registration: committed && registrationOf(committed),
  };
}

function registrationOf(committed: XmlElement): Registration {
  const said = descend(
    committed,
    'xades:CommitmentTypeQualifiers',
    'xades:CommitmentTypeQualifier',
    'registration:Registration',
  );
  return {
    unit: textOf(descend(said, 'registration:Unit')),
    number: textOf(descend(said, 'registration:Number')),
    place: textOf(descend(said, 'registration:Place')),
    after: childrenOf(said, 'registration:After').map(bytesOf),
  };
}

function proofsOf(signature: XmlElement, properties: XmlElement): Proofs {
  const value = bytesOf(descend(signature, 'ds:SignatureValue'));
  const [unsigned] = childrenOf(properties, 'xades:UnsignedProperties');
  if (unsigned === undefined) return { value };
  const all = descend(unsigned, 'xades:UnsignedSignatureProperties');
  const token = bytesOf(descend(all, 'xades:SignatureTimeStamp', 'xades:EncapsulatedTimeStamp'));
  const [revocation] = childrenOf(all, 'xades:RevocationValues');
  if (revocation === undefined) return { value, token };
  const listed = (parent: XmlElement, list: string, item: string) =>
    childrenOf(parent, list).flatMap((found) => childrenOf(found, item).map(bytesOf));
  return {
    value,
    token,
    validation: {
      certificates: listed(all, 'xades:CertificateValues', 'xades:EncapsulatedX509Certificate'),
      crls: listed(revocation, 'xades:CRLValues', 'xades:EncapsulatedCRLValue'),
      ocsps: listed(revocation, 'xades:OCSPValues', 'xades:EncapsulatedOCSPValue'),
    },
  };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Whoever reads base64 loosely would read two texts as the same bytes: written again they must be the same text, which `readSignature` compares. */
function bytesOf(holder: XmlElement): Uint8Array {
  return new Uint8Array(Buffer.from(textOf(holder), 'base64'));
}
