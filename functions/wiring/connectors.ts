import { createHttpConnectors } from '../../adapters/connectors/http-connectors.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import { readPart } from '../../schemas/environment.ts';

/** Other systems, by HTTP. */
export function openConnectors(): Connectors {
  return createHttpConnectors(readPart('systems', process.env).ONETRACK_SYSTEMS);
}
