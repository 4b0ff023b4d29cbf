import type { TimestampAuthority } from '../../domain/ports/timestamps.ts';
import { readPart } from '../../schemas/environment.ts';
import { atFirstNeed } from './ports.ts';

/** The authority of time; the code that checks its answers is loaded at first need. */
export function openTimestamps(): TimestampAuthority {
  const { ONETRACK_TIMESTAMPS: url } = readPart('timestamps', process.env);
  return atFirstNeed<TimestampAuthority>(async () => {
    const [{ createHttpTimestampAuthority }, { trustAnchors }] = await Promise.all([
      import('../../adapters/timestamp/http-authority.ts'),
      import('./trust.ts'),
    ]);
    return createHttpTimestampAuthority({ url, anchors: await trustAnchors() });
  });
}
