import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { flattenedVerify } from 'jose';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  canonical,
  detachedJws,
  eventHash,
  findChainFault,
  jwsHeader,
  jwsSigningInput,
  secretDigest,
  sha256,
} from '../../domain/chain.ts';
import { ChainedEvent, type EventEnvelope } from '../../schemas/events.ts';
import { dossierId } from '../builders/dossiers.ts';

const KID = 'record-key-1';
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const keyOf = (kid: string): KeyObject | undefined => (kid === KID ? publicKey : undefined);

function chained(event: EventEnvelope, key = privateKey, kid = KID): ChainedEvent {
  const header = jwsHeader(kid);
  const value = sign('sha256', jwsSigningInput(header, canonical(event)), { key, dsaEncoding: 'ieee-p1363' });
  return { event, hash: eventHash(event), jws: detachedJws(header, value) };
}

function chainOf(length: number, dossier = dossierId(1), key = privateKey): ChainedEvent[] {
  const chain: ChainedEvent[] = [];
  for (let seq = 1; seq <= length; seq += 1)
    chain.push(
      chained(
        {
          v: 1,
          dossier,
          seq,
          at: `2026-11-23T03:00:${String(seq).padStart(2, '0')}.000Z`,
          type: 'RatingGiven',
          actor: { kind: 'official', id: 'officer-1', unit: 'ward-1', role: 'clerk', assurance: 'login' },
          data: { score: (seq % 5) + 1, note: 'Thư Lâm' },
          secret: sha256(`${seq}`),
          prev: chain.at(-1)?.hash ?? null,
        },
        key,
      ),
    );
  return chain;
}

const chain = chainOf(12);
const place = fc.nat(chain.length - 1);

describe('canonical JSON beside the reference implementation', () => {
  const name = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('10', '9', '__proto__', 'é', '\ud83d\ude00', '\uffff'),
  );
  const leaf = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constantFrom(null, undefined, new Date(0)),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(leaf, fc.array(tie('value')), fc.dictionary(name, tie('value'))),
  }));
  const outcome = (write: () => unknown): unknown => {
    try {
      return write();
    } catch {
      return 'refused';
    }
  };

  it('is what the reference implementation of RFC 8785 writes, and refused where that refuses', () => {
    fc.assert(
      fc.property(value, (any) => {
        expect(outcome(() => canonical(any))).toEqual(outcome(() => canonicalize(any) ?? 'refused'));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('the chain of a dossier', () => {
  it('refuses any event of which any character was changed', () => {
    fc.assert(
      fc.property(place, fc.nat(), fc.integer({ min: 0x21, max: 0x7e }), (index, at, code) => {
        const text = JSON.stringify(chain[index]);
        const position = at % text.length;
        const touched = text.slice(0, position) + String.fromCharCode(code) + text.slice(position + 1);
        const changed = parse(touched);
        fc.pre(changed !== undefined && canonical(changed) !== canonical(chain[index]));
        const read = ChainedEvent.safeParse(changed);
        expect(read.success ? fault(chain.with(index, read.data))?.seq : 'refused by the schema').toBeDefined();
      }),
      { numRuns: 600 },
    );
  });

  it('refuses every bit flipped in a signature, also the bits that base64url does not use', () => {
    const last = chain.at(-1);
    if (!last) throw new Error('expected an event');
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const final = last.jws.at(-1) ?? '';
    for (const character of [...alphabet].filter((each) => each !== final))
      expect(fault(chain.with(-1, { ...last, jws: last.jws.slice(0, -1) + character }))).toEqual({
        seq: 12,
        fault: expect.stringMatching(/signature/),
      });
    for (const tail of ['=', '==', ' ', '\n', '!', '.', 'AA'])
      expect(fault(chain.with(-1, { ...last, jws: last.jws + tail }))?.seq).toBe(12);
  });

  it('refuses a dropped event, wherever it stood but at the end', () => {
    fc.assert(
      fc.property(fc.nat(chain.length - 2), (index) => {
        expect(fault(chain.toSpliced(index, 1))?.seq).toBe(index + 1);
      }),
    );
  });

  it('refuses two events that were swapped', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        fc.pre(a !== b);
        const [first, second] = [chain[a], chain[b]];
        if (!first || !second) throw new Error('expected events');
        expect(fault(chain.with(a, second).with(b, first))?.seq).toBe(Math.min(a, b) + 1);
      }),
    );
  });

  it('refuses a repeated event', () => {
    fc.assert(
      fc.property(place, (index) => {
        const event = chain[index];
        if (!event) throw new Error('expected an event');
        expect(fault(chain.toSpliced(index, 0, event))?.seq).toBe(index + 2);
      }),
    );
  });

  it('refuses an event spliced in from another dossier of the same key', () => {
    const stranger = chainOf(12, dossierId(2));
    fc.assert(
      fc.property(place, (index) => {
        const event = stranger[index];
        if (!event) throw new Error('expected an event');
        expect(fault(chain.with(index, event))?.seq).toBeLessThanOrEqual(index + 2);
        expect(fault([...chain.slice(0, index), ...stranger.slice(index)])?.seq ?? (index === 0 ? 1 : 0)).toBe(
          index + 1,
        );
      }),
    );
  });

  it('refuses a chain signed anew by another key, under its own name or under the known one', () => {
    expect(fault(chainOf(3, dossierId(1), other.privateKey))).toEqual({ seq: 1, fault: 'wrong-signature' });
    const [first] = chain;
    if (!first) throw new Error('expected an event');
    expect(fault([chained(first.event, other.privateKey, 'unknown')])).toEqual({ seq: 1, fault: 'unknown-key' });
  });

  it.each([
    ['no signature', ''],
    ['an attached payload', `${jwsHeader(KID)}.e30.AAAA`],
    ['a header that is no JSON', 'e30x..AAAA'],
    ['another algorithm', `${Buffer.from(`{"alg":"none","kid":"${KID}"}`).toString('base64url')}..`],
  ])('refuses %s', (_, jws) => {
    const [first] = chain;
    if (!first) throw new Error('expected an event');
    expect(fault([{ ...first, jws }])).toEqual({ seq: 1, fault: 'malformed-signature' });
  });

  it('holds as it was written', () => {
    expect(fault(chain)).toBeUndefined();
    expect(fault(JSON.parse(JSON.stringify(chain)) as ChainedEvent[])).toBeUndefined();
  });

  it('is signed as any JWS library checks it', async () => {
    for (const { event, jws } of chain) {
      const [header = '', , signature = ''] = jws.split('.');
      const payload = Buffer.from(canonical(event)).toString('base64url');
      const verified = await flattenedVerify({ protected: header, payload, signature }, publicKey);
      expect(verified.protectedHeader).toEqual({ alg: 'ES256', kid: KID, typ: 'onetrack-event+jws' });
      await expect(flattenedVerify({ protected: header, payload, signature }, other.publicKey)).rejects.toThrow();
    }
  });
});

function fault(events: readonly ChainedEvent[]): ReturnType<typeof findChainFault> {
  return findChainFault(events, keyOf);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

describe('canonical JSON', () => {
  it('refuses what is no JSON value', () => {
    expect(() => canonical(undefined)).toThrow('expected a JSON value');
    expect(() => canonical({ a: Number.NaN })).toThrow();
    expect(() => canonical([Number.POSITIVE_INFINITY])).toThrow();
  });

  it('writes numbers and texts as RFC 8785 section 3.2.2 does', () => {
    const value = {
      numbers: [333333333.33333329, 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: '\u20ac$\u000F\u000aA\'\u0042\u0022\u005c\\"/',
      literals: [null, true, false],
    };
    expect(canonical(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts names by UTF-16 code units as RFC 8785 section 3.2.3 does', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    expect(Object.values(JSON.parse(canonical(value)) as object)).toHaveLength(7);
    expect([...canonical(value).matchAll(/:"([^"]*)"/g)].map(([, name]) => name)).toEqual([
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  it.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('writes the double %s of RFC 8785 appendix B as %s', (bits, text) => {
    expect(canonical(Buffer.from(bits, 'hex').readDoubleBE())).toBe(text);
  });

  it('is the same for the same value, however it was built', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { noNullPrototype: true }), (value) => {
        const turned = Object.fromEntries(Object.entries(value).reverse());
        expect(canonical(turned)).toBe(canonical(value));
        expect(canonical(JSON.parse(canonical(value)))).toBe(canonical(value));
      }),
    );
  });
});

describe('the digest of a secret', () => {
  it('is SHA-256 over salt and text, so that a guess of the text proves nothing without the salt', () => {
    expect(secretDigest(Buffer.from('ab'), 'c')).toBe(sha256('abc'));
    expect(sha256('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
