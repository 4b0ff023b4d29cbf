import { X509Certificate } from 'node:crypto';
import { TaskRetryable } from '../../domain/failures.ts';
import type { Connector } from '../../schemas/connector.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { inTurnsOf } from '../runtime/in-turns.ts';
import type { Platform } from '../runtime/platform.ts';
import { listAll } from './list-all.ts';

const DAY_MS = 86_400_000;
/** So many days before its end a certificate is near it, and then close to it. */
export const NEAR_DAYS = 30;
export const CLOSE_DAYS = 7;

/** What has a certificate whose end is known here. `connector`: the one by which we are let in; `connector-ca`: who may vouch for the system. */
export const CERTIFIED = ['connector', 'connector-ca', 'seal', 'record-key', 'official'] as const;
/** `unreadable`: it is there, or should be, and cannot be read. */
export const CERTIFICATE_STATES = ['good', 'near', 'close', 'over', 'unreadable'] as const;
export type CertificateState = (typeof CERTIFICATE_STATES)[number];

export interface KnownCertificate {
  of: (typeof CERTIFIED)[number];
  /** Of the connector, the unit, the official; of the record key its thumbprint. */
  id: string;
  /** When it ends, or an authority's certificate that came with it before; milliseconds since the epoch. */
  until: number | null;
  state: CertificateState;
}

type Parts = Pick<Platform, 'registry' | 'clock'>;

/** Certificates of connectors that are asked, or are to be: those by which we are let in, and those of who may vouch for them. */
export async function connectorCertificates({ registry, clock }: Parts): Promise<KnownCertificate[]> {
  const now = clock.now();
  const all = await listAll(registry, 'connector');
  return all.flatMap(({ record }) => (record.readiness === 'suspended' ? [] : certificatesOf(record, now)));
}

function certificatesOf({ id, endpoint: { client, ca } }: Connector, now: number): KnownCertificate[] {
  return [
    ...(client ? [known('connector', id, endIn(client.certificate), now)] : []),
    ...(ca === undefined ? [] : [known('connector-ca', id, endIn(ca), now)]),
  ];
}

/** Whose certificates are known. */
export interface CertificateHolders extends Parts, Pick<Platform, 'recordKey'> {
  seals: Pick<Platform['seals'], 'held'>;
}

/** Every certificate whose end this system knows, the first to end first; those that cannot be read before them. */
export async function allCertificates(
  { registry, clock, seals, recordKey }: CertificateHolders,
  catalogue: Pick<Catalogue, 'units'>,
): Promise<KnownCertificate[]> {
  const now = clock.now();
  const units = await catalogue.units();
  const sealed = await inTurnsOf(16, units, async ({ id }) => {
    const end = await endOf(() => seals.held(id));
    return end === undefined ? [] : [known('seal', id, end, now)];
  });
  const officials = (await listAll(registry, 'official')).flatMap(({ record: { id, certificate } }) =>
    certificate === undefined ? [] : [known('official', id, endIn(certificate), now)],
  );
  const recordEnd = (await endOf(() => recordKey.certificateChain())) ?? null;
  const all = [
    ...(await connectorCertificates({ registry, clock })),
    ...sealed.flat(),
    known('record-key', recordKey.kid, recordEnd, now),
    ...officials,
  ];
  return all.toSorted((a, b) => (a.until ?? 0) - (b.until ?? 0));
}

function known(of: KnownCertificate['of'], id: string, until: number | null, now: number): KnownCertificate {
  return { of, id, until, state: stateAt(until, now) };
}

/** How near its end a certificate is. */
export function stateAt(until: number | null, now: number): CertificateState {
  if (until === null) return 'unreadable';
  if (until < now) return 'over';
  if (until < now + CLOSE_DAYS * DAY_MS) return 'close';
  return until < now + NEAR_DAYS * DAY_MS ? 'near' : 'good';
}

/** Whole days until an instant; below zero it has passed. */
export function daysUntil(until: number, now: number): number {
  return Math.floor((until - now) / DAY_MS);
}

/** The first end among the certificates of a text in PEM; null: one cannot be read. */
export function endIn(text: string): number | null {
  const each = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return firstEnd(each);
}

function firstEnd(certificates: readonly (string | Uint8Array)[]): number | null {
  try {
    const ends = certificates.map((each) => new X509Certificate(each).validToDate.getTime());
    return ends.length === 0 ? null : Math.min(...ends);
  } catch {
    return null;
  }
}

/** undefined: there is none. What cannot be had for good is unreadable, what cannot be had now fails. */
async function endOf(chain: () => Promise<readonly Uint8Array[] | undefined>): Promise<number | null | undefined> {
  try {
    const certificates = await chain();
    return certificates && firstEnd(certificates);
  } catch (error) {
    if (error instanceof TaskRetryable) throw error;
    return null;
  }
}
