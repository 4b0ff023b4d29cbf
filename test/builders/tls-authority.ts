import { generateKeyPairSync, type KeyObject, X509Certificate } from 'node:crypto';
import { Certificate } from 'pkijs';
import { parseDer } from '../../adapters/cms/der.ts';
import { buildName } from '../../adapters/cms/name.ts';
import { buildCertificate, buildRevocationList } from '../../adapters/local/pki/certificate-builder.ts';

const HOUR = 3_600_000;

export interface Identified {
  certificate: string;
  key: string;
}

/** An authority that vouches for servers and clients of TLS. */
export class TlsAuthority {
  readonly ca: string;
  readonly #der: Uint8Array;
  readonly #key: KeyObject;
  readonly #name: string;

  constructor(name: string) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#name = name;
    this.#key = privateKey;
    this.#der = buildCertificate({
      profile: 'authority',
      subject: { name },
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      issuerKey: privateKey,
      notBefore: Date.now() - 48 * HOUR,
      notAfter: Date.now() + 48 * HOUR,
    });
    this.ca = pemOf(this.#der);
  }

  /** A certificate, by default from an hour ago until an hour from now. A server's name is that of its host. */
  issue(name: string, { from = -HOUR, until = HOUR }: { from?: number; until?: number } = {}): Identified {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const der = buildCertificate({
      profile: 'record',
      subject: { name },
      publicKey: publicKey.export({ format: 'der', type: 'spki' }),
      issuer: { der: this.#der, subject: buildName({ name: this.#name }) },
      issuerKey: this.#key,
      notBefore: Date.now() + from,
      notAfter: Date.now() + until,
    });
    return { certificate: pemOf(der), key: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString() };
  }

  /** A revocation list in PEM. */
  revoke(...revoked: Identified[]): string {
    const der = buildRevocationList({
      issuer: new Certificate({ schema: parseDer(this.#der) }),
      issuerKey: this.#key,
      number: 1,
      thisUpdate: Date.now() - HOUR,
      nextUpdate: Date.now() + HOUR,
      revoked: revoked.map(({ certificate }) => ({
        serial: new X509Certificate(certificate).serialNumber,
        at: Date.now() - HOUR / 2,
      })),
    });
    return pemOf(der, 'X509 CRL');
  }
}

function pemOf(der: Uint8Array, label = 'CERTIFICATE'): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
