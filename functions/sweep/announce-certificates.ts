import type { LogLine } from '../api/surface.ts';
import { allCertificates, daysUntil } from '../organisation/certificate-ends.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import type { Platform } from '../runtime/platform.ts';

/** Tells of each certificate that ends within 30 days (`warn`), within 7 or is over (`error`). */
export async function announceCertificates(
  platform: Pick<Platform, 'registry' | 'clock' | 'seals' | 'recordKey'>,
  catalogue: Pick<Catalogue, 'units'>,
  announce: (line: LogLine) => void,
): Promise<void> {
  const now = platform.clock.now();
  for (const { of, id, until, state } of await allCertificates(platform, catalogue)) {
    if (state === 'good') continue;
    const code =
      state === 'over' ? 'certificate-over' : state === 'unreadable' ? 'certificate-unreadable' : 'certificate-ends';
    const when = until === null ? {} : { until: new Date(until).toISOString(), days: daysUntil(until, now) };
    announce({ level: state === 'near' ? 'warn' : 'error', code, of, id, ...when });
  }
}
