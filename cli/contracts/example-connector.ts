import type * as z from 'zod';
import type { Connector } from '../../schemas/connector.ts';

/** What the description of any system says: who keeps it and how it is reached. */
export function exampleConnector(id: string): z.input<typeof Connector> {
  return {
    id,
    name: 'The name of the system',
    authority: 'Who keeps it, as citizens are told',
    readiness: 'planned',
    level: 'authentic',
    endpoint: {
      url: 'https://register.example/ask',
      credentials: { tokenUrl: 'https://register.example/token', clientId: 'onetrack', clientSecret: 'fill in' },
      timeoutMs: 3000,
      attempts: 2,
      breaker: { failures: 5, pauseSeconds: 30 },
    },
  };
}
