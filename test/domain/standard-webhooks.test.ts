import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { Webhook } from 'standardwebhooks';
import {
  isSignedBy,
  isWebhookKey,
  publicKeyOf,
  signWebhook,
  webhookSecret,
  type WebhookMessage,
} from '../../domain/standard-webhooks.ts';

const message: WebhookMessage = { id: 'msg_1', timestamp: 1_674_087_231, body: '{"type":"contact.created"}' };
const seed = Uint8Array.from({ length: 32 }, (_, i) => i + 1);
const shared = webhookSecret('hmac', seed);
const own = webhookSecret('ed25519', seed);
const open = publicKeyOf(own) ?? '';

const messages = fc.record({
  id: fc.stringMatching(/^[\w-]{1,40}$/),
  timestamp: fc.nat(),
  body: fc.string({ unit: 'binary' }),
});

describe('a signature of Standard Webhooks', () => {
  it('is refused for another body, id, instant, key, and in another scheme’s name', () => {
    for (const [secret, key] of [
      [shared, shared],
      [own, open],
    ] as const) {
      const signature = signWebhook(secret, message);
      expect(isSignedBy(key, signature, message)).toBe(true);
      expect(isSignedBy(key, signature, { ...message, body: `${message.body} ` })).toBe(false);
      expect(isSignedBy(key, signature, { ...message, id: 'msg_2' })).toBe(false);
      expect(isSignedBy(key, signature, { ...message, timestamp: message.timestamp + 1 })).toBe(false);
      expect(
        isSignedBy(
          key,
          signature.replace(/^v1a?,/, (name) => (name === 'v1,' ? 'v1a,' : 'v1,')),
          message,
        ),
      ).toBe(false);
    }
    expect(isSignedBy(webhookSecret('hmac', seed.toReversed()), signWebhook(shared, message), message)).toBe(false);
    expect(isSignedBy(`whpk_${Buffer.from(seed).toString('base64')}`, signWebhook(own, message), message)).toBe(false);
    expect(isSignedBy(shared, '', message)).toBe(false);
    expect(isSignedBy(open, 'v1a,', message)).toBe(false);
  });

  it('is known among those of a rotation, and looked for in no more than five', () => {
    const old = signWebhook(webhookSecret('hmac', seed.toReversed()), message);
    expect(isSignedBy(shared, `${old} ${signWebhook(shared, message)}`, message)).toBe(true);
    expect(isSignedBy(shared, `${`${old} `.repeat(5)}${signWebhook(shared, message)}`, message)).toBe(false);
  });

  it('by HMAC is what the standard’s own library makes and accepts', () => {
    fc.assert(
      fc.property(messages, ({ id, timestamp, body }) => {
        const at = new Date(timestamp * 1000);
        expect(signWebhook(shared, { id, timestamp, body })).toBe(new Webhook(shared).sign(id, at, body));
      }),
      { numRuns: 200 },
    );
  });

  it('by ed25519 is what another library makes and accepts', () => {
    fc.assert(
      fc.property(messages, ({ id, timestamp, body }) => {
        const bytes = Buffer.from(`${id}.${timestamp}.${body}`);
        const signature = signWebhook(own, { id, timestamp, body });
        expect(signature).toBe(`v1a,${Buffer.from(ed25519.sign(bytes, seed)).toString('base64')}`);
        expect(isSignedBy(open, signature, { id, timestamp, body })).toBe(true);
      }),
      { numRuns: 50 },
    );
    expect(open).toBe(`whpk_${Buffer.from(ed25519.getPublicKey(seed)).toString('base64')}`);
  });
});

describe('a key of Standard Webhooks', () => {
  it('is refused where it is no key, too short, or one that must stay with its owner', () => {
    for (const key of ['', 'secret', 'whsec_', 'whsec_c2hvcnQ=', 'whpk_c2hvcnQ=', own, `whpk_${'A'.repeat(200)}`])
      expect(isWebhookKey(key)).toBe(false);
    expect([isWebhookKey(shared), isWebhookKey(open)]).toEqual([true, true]);
    expect(publicKeyOf(shared)).toBeUndefined();
  });
});
