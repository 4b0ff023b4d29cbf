import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DocumentStore } from '../../domain/ports/document-store.ts';
import type { Platform } from '../runtime/platform.ts';
import { RequestRefused } from './problem.ts';

type Parameters = Readonly<Record<string, string>>;

/** Addresses of this API for a document store that has none of its own: the routes behind them take and hand out the bytes. */
export function signedAddresses(
  platform: Pick<Platform, 'config' | 'clock'>,
): Pick<DocumentStore, 'uploadAddress' | 'partAddress' | 'handOut'> {
  const expiresIn = (seconds: number): number => platform.clock.now() + seconds * 1000;
  return {
    uploadAddress: async ({ id, mediaType }, { until }) => ({
      url: signAddress(platform, 'PUT', { path: `/uploads/${id}`, expires: until }),
      headers: { 'content-type': mediaType },
    }),
    partAddress: async ({ id }, part, { until }) => ({
      url: signAddress(platform, 'PUT', { path: `/uploads/${id}/parts/${part}`, expires: until }),
      headers: { 'content-type': 'application/octet-stream' },
    }),
    handOut: async ({ dossier, document, name, mediaType }, seconds) =>
      signAddress(
        platform,
        'GET',
        document === undefined
          ? { path: `/evidence/${dossier}`, expires: expiresIn(seconds) }
          : {
              path: `/files/${dossier}/${document}`,
              expires: expiresIn(seconds),
              parameters: { name, type: mediaType },
            },
      ),
  };
}

/** An address below `/v1` that whoever holds it may use until it expires. */
function signAddress(
  platform: Pick<Platform, 'config'>,
  method: 'GET' | 'PUT',
  address: { path: string; expires: number; parameters?: Parameters },
): string {
  const query = new URLSearchParams({ ...address.parameters, expires: String(address.expires) });
  query.set('signature', signatureOf(platform, method, address));
  return `${platform.config.publicUrl}/v1${address.path}?${query.toString()}`;
}

/** Refuses an address that was not handed out as it is, or no longer holds. */
export function checkAddress(
  platform: Pick<Platform, 'config' | 'clock'>,
  method: 'GET' | 'PUT',
  address: { path: string; expires: number; parameters?: Parameters; signature: string },
): void {
  const given = Buffer.from(address.signature);
  const wanted = Buffer.from(signatureOf(platform, method, address));
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    throw new RequestRefused('not-entitled', 'expected an address as it was handed out');
  if (address.expires <= platform.clock.now())
    throw new RequestRefused('upload-expired', 'expected an address that still holds; ask for a new one');
}

function signatureOf(
  platform: Pick<Platform, 'config'>,
  method: string,
  { path, expires, parameters = {} }: { path: string; expires: number; parameters?: Parameters },
): string {
  const key = createHmac('sha256', platform.config.indexKey).update('signed addresses, version 1').digest();
  const named = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return createHmac('sha256', key)
    .update(JSON.stringify([method, path, expires, named]))
    .digest('base64url');
}
