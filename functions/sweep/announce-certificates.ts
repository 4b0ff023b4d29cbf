import type { LogLine } from '../api/surface.ts';
import { allCertificates, type CertificateHolders, daysUntil } from '../organisation/certificate-ends.ts';
import type { Catalogue } from '../procedures/catalogue.ts';
import { countEnding, type EndingCertificates } from './measure.ts';

/** Tells of each certificate that ends within 30 days (`warn`), within 7 or is over (`error`). Answers how many they are. */
export async function announceCertificates(
  holders: CertificateHolders,
  catalogue: Pick<Catalogue, 'units'>,
  announce: (line: LogLine) => void,
): Promise<EndingCertificates> {
  const now = holders.clock.now();
  const all = await allCertificates(holders, catalogue);
  for (const { of, id, until, state } of all) {
    if (state === 'good') continue;
    const code =
      state === 'over' ? 'certificate-over' : state === 'unreadable' ? 'certificate-unreadable' : 'certificate-ends';
    const when = until === null ? {} : { until: new Date(until).toISOString(), days: daysUntil(until, now) };
    announce({ level: state === 'near' ? 'warn' : 'error', code, of, id, ...when });
  }
  return countEnding(all);
}
