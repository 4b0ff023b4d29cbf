import { readSignedData } from '../../../adapters/cms/read-signed-data.ts';
import { derOf, derOid, oid, TAG } from '../../../adapters/cms/der.ts';
import { childrenOf, type Place, wholeOf, writtenAt } from '../../../adapters/cms/der-places.ts';
import { buildSignedAttributes, buildSignedData, sha256, withTimestamp } from '../../../adapters/cms/signed-data.ts';
import { type Official, openSigningOffice, type SigningOffice } from '../../builders/signing-office.ts';

const content = Buffer.from('What an official has signed.');
let office: SigningOffice;
let official: Official;

beforeAll(() => {
  office = openSigningOffice();
  official = office.officialOf('off-1', 'Nguyễn Văn Ấ');
});
afterAll(() => {
  office.close();
});

/** `twice`: digests of other contents that stand among what is signed, after that of the content. */
function sign(parts: { enveloping?: boolean; twice?: Uint8Array } = {}): Uint8Array {
  const [signer = new Uint8Array()] = official.chain;
  const once = buildSignedAttributes({ contentType: oid.data, digest: sha256(content), signer });
  const attributes = parts.twice ? withDigest(once, parts.twice) : once;
  return buildSignedData({
    contentType: oid.data,
    ...(parts.enveloping === true && { content }),
    attributes,
    signature: official.signHash(sha256(attributes)),
    certificates: official.chain,
  });
}

function withDigest(attributes: Uint8Array, digest: Uint8Array): Uint8Array {
  const own = childrenOf(attributes, wholeOf(attributes)).map((place) => writtenAt(attributes, place));
  const another = derOf(TAG.sequence, derOid(oid.messageDigest), derOf(TAG.set, derOf(TAG.octetString, digest)));
  return derOf(TAG.set, ...own, another);
}

/** As a system writes it that does not know lengths beforehand: constructed values without one, octet strings in pieces. */
function inOneGo(der: Uint8Array, place: Place = wholeOf(der), depth = 0): Uint8Array {
  const isPart = depth < 4 && (place.tag & 0x20) !== 0;
  if (place.tag === TAG.octetString && depth > 4) {
    const half = Math.floor((place.end - place.content) / 2);
    const pieces = [der.subarray(place.content, place.content + half), der.subarray(place.content + half, place.end)];
    return endless(0x24, ...pieces.map((piece) => derOf(TAG.octetString, piece)));
  }
  // What was signed, and certificates, stay as they are.
  if (!isPart && !(depth < 6 && place.tag === TAG.context(0))) return writtenAt(der, place);
  return endless(place.tag, ...childrenOf(der, place).map((child) => inOneGo(der, child, depth + 1)));
}

function endless(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(tag, 0x80), ...parts, Uint8Array.of(0, 0)]);
}

describe('a signature of a person', () => {
  test('is read with who signed, what was signed and what holds', () => {
    const read = readSignedData(sign(), [content]);
    expect(read.problems).toEqual([]);
    expect(read.signer.der).toEqual(official.chain[0]);
    expect(read.contentType).toBe(oid.data);
    expect(read.certificates.map(({ der }) => der)).toEqual(official.chain);
    expect(read.timestampToken).toBeUndefined();
    expect(readSignedData(sign(), [Buffer.from('Something else.')]).problems).toMatchObject([
      { fault: 'wrong-document' },
    ]);
  });

  test('with two digests is of no form, whichever of them is that of the content', () => {
    const both = sign({ twice: sha256(Buffer.from('Something else.')) });
    expect(readSignedData(both, [content]).problems).toMatchObject([{ fault: 'form' }]);
    expect(readSignedData(sign({ twice: sha256(content) }), [content]).problems).toMatchObject([{ fault: 'form' }]);
  });

  test('carries its content where it envelops it', () => {
    const read = readSignedData(sign({ enveloping: true }));
    expect(read.problems).toEqual([]);
    expect(Buffer.from(read.content ?? [])).toEqual(content);
  });

  test.each([true, false])('is read the same where lengths are not said beforehand (enveloping: %s)', (enveloping) => {
    const der = sign({ enveloping });
    const ber = inOneGo(der);
    expect(Buffer.from(ber).includes(Buffer.from('2480', 'hex'))).toBe(enveloping);
    expect(ber[1]).toBe(0x80);
    const read = readSignedData(ber, enveloping ? undefined : [content]);
    const expected = readSignedData(der, enveloping ? undefined : [content]);
    expect(read).toEqual(expected);
    expect(read.problems).toEqual([]);
  });

  test('gets one time-stamp and stays what it was, as DER whatever it came as', async () => {
    const der = sign();
    const { token } = await office.timestamps.stamp(sha256(readSignedData(der, [content]).signatureValue));
    const stamped = withTimestamp(der, token);
    expect(readSignedData(stamped, [content])).toMatchObject({ problems: [], timestampToken: token });
    expect(withTimestamp(inOneGo(der), token)).toEqual(stamped);
    const other = await office.timestamps.stamp(sha256(content));
    expect(readSignedData(withTimestamp(stamped, other.token), [content]).timestampToken).toEqual(other.token);
    expect(withTimestamp(withTimestamp(stamped, other.token), token)).toEqual(stamped);
  });

  test('with a byte changed anywhere is refused, or says the same of who signed what', () => {
    const der = sign();
    const whole = readSignedData(der, [content]);
    let found = 0;
    for (let at = 0; at < der.length; at += 3) {
      const changed = new Uint8Array(der);
      changed[at] = (changed[at] ?? 0) ^ 0x10;
      try {
        const read = readSignedData(changed, [content]);
        if (read.problems.length === 0) {
          expect(read.signer.der).toEqual(whole.signer.der);
          expect(read.signatureValue).toEqual(whole.signatureValue);
        } else found += 1;
      } catch {
        found += 1;
      }
    }
    expect(found).toBeGreaterThan(der.length / 9);
  });

  /** With the fields of its SignedData, of its signer, or its content type written otherwise. */
  function rewritten(
    change: (parts: { type: Uint8Array; data: Uint8Array[]; signer: Uint8Array[] }) => void,
  ): Uint8Array {
    const der = sign();
    const written = (place: Place) => writtenAt(der, place);
    const [type, explicit] = childrenOf(der, wholeOf(der));
    const fields = childrenOf(der, childrenOf(der, explicit!)[0]!);
    const [signer] = childrenOf(der, fields.at(-1)!);
    const parts = {
      type: written(type!),
      data: fields.slice(0, -1).map(written),
      signer: childrenOf(der, signer!).map(written),
    };
    change(parts);
    const signers = derOf(TAG.set, derOf(TAG.sequence, ...parts.signer));
    const data = derOf(TAG.sequence, ...parts.data, signers);
    return derOf(TAG.sequence, parts.type, derOf(TAG.context(0), data));
  }

  test('is read with revocation lists that come along', () => {
    const listed = rewritten(({ data }) => void data.push(derOf(TAG.context(1))));
    expect(readSignedData(listed, [content]).problems).toEqual([]);
    expect(
      readSignedData(
        rewritten(() => undefined),
        [content],
      ).problems,
    ).toEqual([]);
  });

  const other = derOf(TAG.octetString, content);
  test.each<[string, Parameters<typeof rewritten>[0]]>([
    ['another set of signers before its own', ({ data }) => void data.push(derOf(TAG.set))],
    ['something between certificates and signers', ({ data }) => void data.push(other)],
    ['a version that is no number', ({ data }) => void data.splice(0, 1, other)],
    ['no set of digests', ({ data }) => void data.splice(1, 1, derOf(TAG.sequence))],
    ['a signer whose version is no number', ({ signer }) => void signer.splice(0, 1, other)],
    [
      'a type that is cut off',
      (parts) => void (parts.type = derOf(TAG.objectIdentifier, parts.type.subarray(2), Uint8Array.of(0x81))),
    ],
  ])('with %s is none, though the value holds', (_, change) => {
    expect(() => readSignedData(rewritten(change), [content])).toThrow();
  });

  test.each([
    ['nothing', new Uint8Array()],
    ['text', Buffer.from('no container')],
    ['bytes after it', () => Buffer.concat([sign(), Uint8Array.of(0)])],
    ['a container cut short', () => sign().subarray(0, 100)],
    ['a certificate', () => official.chain[0]],
    ['lengths that never end', Uint8Array.of(0x30, 0x80, 0x30, 0x80)],
  ])('is not found in %s', (_, bytes) => {
    const given = typeof bytes === 'function' ? bytes() : bytes;
    expect(() => readSignedData(given ?? new Uint8Array(), [content])).toThrow();
  });
});
