import { Connector } from '../../schemas/connector.ts';

/** A register of land at this address, asked once, briefly. */
export function aConnector(
  url: string,
  change: Record<string, unknown> = {},
  endpoint: Record<string, unknown> = {},
): Connector {
  return Connector.parse({
    id: 'land',
    name: 'Land register',
    authority: 'Ministry of Environment',
    readiness: 'ready',
    endpoint: { url, timeoutMs: 500, attempts: 1, breaker: { failures: 100, pauseSeconds: 30 }, ...endpoint },
    asking: {
      send: { parcel: 'key', purpose: 'purpose', law: 'legalBasis', request: 'request' },
      found: '/found',
      key: '/record/id',
      asOf: '/asOf',
      validUntil: '/validUntil',
      fields: {
        holder: { at: '/record/holder', type: 'text' },
        area: { at: '/record/area', type: 'number' },
        since: { at: '/record/since', type: 'date', optional: true },
      },
    },
    ...change,
  });
}
