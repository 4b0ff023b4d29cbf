import { AddressGuard } from '../../adapters/outbound/address-guard.ts';
import { createGuardedHttp } from '../../adapters/outbound/guarded-http.ts';
import type { Outbound } from '../../domain/ports/outbound.ts';

/** Subscribers at public addresses alone: a function stands in no network whose other hosts it could be meant to reach. */
export function openOutbound(): Outbound {
  return createGuardedHttp({ guard: new AddressGuard([]), clock: { now: () => Date.now() } });
}
