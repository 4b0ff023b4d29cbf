import type { Catalogue } from '../procedures/catalogue.ts';
import { connectorCertificates, type KnownCertificate } from '../organisation/certificate-ends.ts';
import { inTurnsOf } from '../runtime/in-turns.ts';
import type { Platform } from '../runtime/platform.ts';

/** A count goes up to this: what an alarm needs to know is whether there are any, and whether they grow. */
const CAP = 100;

/** What nobody may overlook: work that does not go on by itself, or goes on late. */
export interface Measures extends EndingCertificates {
  /** Dossiers that stand still until a person resumes them; up to 100 a unit. */
  stalledDossiers: number;
  /** Rows given up, up to 100: nobody was told, no mail went out. */
  deadLetters: number;
  /** Seconds by which the oldest outbox row is overdue. */
  outboxAge: number;
  /** Seconds by which the earliest timer is overdue: legal time that passed unheard. */
  timerAge: number;
  /** Seconds since the last sweep all of whose steps succeeded began. */
  sweepAge: number;
}

/** Certificates that end within 30 days or are over, and those within 7. Each minute those of connectors, once a day all. */
export interface EndingCertificates {
  certificatesNear: number;
  certificatesClose: number;
}

/** Measures how things stand. `swept` is when the last complete sweep began. */
export async function measure(platform: Platform, catalogue: Catalogue, swept: number): Promise<Measures> {
  const { store, clock } = platform;
  const units = [null, ...(await catalogue.units()).map(({ id }) => id)];
  const parked = await inTurnsOf(16, units, (unit) =>
    store.byUnit({ unit, status: 'parked', order: 'updated' }, { limit: CAP }),
  );
  const [dead, row, timer, certificates] = await Promise.all([
    store.outboxDead({ limit: CAP }),
    store.nextOutbox(),
    store.nextTimer(),
    connectorCertificates(platform),
  ]);
  const now = clock.now();
  const late = (at: number | undefined): number => Math.max(0, Math.round((now - (at ?? now)) / 1000));
  return {
    stalledDossiers: parked.reduce((sum, { items }) => sum + items.length, 0),
    deadLetters: dead.items.length,
    outboxAge: late(row),
    timerAge: late(timer),
    sweepAge: late(swept),
    ...countEnding(certificates),
  };
}

export function countEnding(certificates: readonly KnownCertificate[]): EndingCertificates {
  const ending = certificates.filter(({ state }) => state !== 'good');
  return {
    certificatesNear: ending.length,
    certificatesClose: ending.filter(({ state }) => state !== 'near').length,
  };
}
