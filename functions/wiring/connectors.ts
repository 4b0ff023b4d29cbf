import { createHttpConnectors } from '../../adapters/connectors/http-connectors.ts';
import type { Clock } from '../../domain/ports/clock.ts';
import type { Connectors } from '../../domain/ports/connectors.ts';
import type { Registry } from '../../domain/ports/registry.ts';
import { readPart } from '../../schemas/environment.ts';

type Reach = (platform: { registry: Registry; clock: Clock }) => { connectors: Connectors };

/** Registers that the administrator has described, by HTTP. */
export const openSources: Reach = ({ registry, clock }) => ({
  connectors: createHttpConnectors({ systems: {}, describe: (id) => described(registry, id), clock }),
});

/** The same, and the systems of the environment. */
export const openConnectors: Reach = ({ registry, clock }) => {
  const { ONETRACK_SYSTEMS: systems } = readPart('systems', process.env);
  return { connectors: createHttpConnectors({ systems, describe: (id) => described(registry, id), clock }) };
};

async function described(registry: Registry, id: string) {
  return (await registry.get('connector', id))?.record;
}
