import { randomUUID } from 'node:crypto';
import { dynamoClient } from '../../adapters/aws/clients/dynamodb.ts';
import { clientOptions } from '../../adapters/aws/clients/settings.ts';
import { DynamoDossierStore } from '../../adapters/aws/dynamodb/dossier-store.ts';
import { DynamoRegistry } from '../../adapters/aws/dynamodb/registry.ts';
import { DynamoCursors } from '../../adapters/aws/dynamodb/cursors.ts';
import type { TableOptions } from '../../adapters/aws/dynamodb/table-client.ts';
import { systemIds } from '../../adapters/local/system-ids.ts';
import type { Cursors } from '../../domain/ports/cursors.ts';
import { readEverywhere, readPart } from '../../schemas/environment.ts';
import { Catalogue } from '../procedures/catalogue.ts';
import { DossierCache } from '../runtime/dossier-cache.ts';
import type { Platform, PlatformConfig } from '../runtime/platform.ts';
import { functionClock, type FunctionClock } from './clock.ts';
import { withheld } from './ports.ts';

/** Dossiers that an instance remembers. */
const REMEMBERED = 200;

/** A change of the organisation is known everywhere so many milliseconds after it was made; see docs/dynamodb.md, hot keys. */
const REGISTRY_MS = 1_000;

export interface Opened {
  platform: Platform;
  catalogue: Catalogue;
  clock: FunctionClock;
  /** How far the readers of the feed have come, in the same table. */
  cursors: Cursors;
}

type Ports = Omit<Platform, 'store' | 'registry' | 'clock' | 'ids' | 'cache' | 'config' | 'ring' | 'changed'>;
export type Given = Partial<Ports> &
  Partial<Pick<PlatformConfig, 'indexKey' | 'functions'>> & {
    /** Other systems, described in the registry. */
    reach?: (described: Pick<Platform, 'registry' | 'clock'>) => Pick<Platform, 'connectors'>;
    /** What few functions keep in the table beside dossiers. */
    beside?: (table: TableOptions) => Partial<Ports>;
  };

/** The platform of one deployed function: the table, and of everything else what it is given. What it is not given throws when touched. */
export function openPlatform({ indexKey, functions, beside, reach, ...ports }: Given): Opened {
  const everywhere = readEverywhere(process.env);
  const client = dynamoClient(clientOptions(process.env));
  const { ONETRACK_TABLE } = readPart('table', process.env);
  const table: TableOptions = { client, table: ONETRACK_TABLE, random: Math.random, uuid: randomUUID };
  const registry = new DynamoRegistry(table, { believed: REGISTRY_MS });
  const cursors = new DynamoCursors(table);
  const clock = functionClock(everywhere.ONETRACK_TEST_CLOCK && cursors);
  const platform: Platform = {
    ...withheldPorts(),
    ...ports,
    store: new DynamoDossierStore(table),
    registry,
    ...beside?.(table),
    ...reach?.({ registry, clock }),
    clock,
    ids: systemIds,
    cache: new DossierCache(REMEMBERED, { shared: true }),
    config: {
      publicUrl: everywhere.ONETRACK_PUBLIC_URL,
      currency: everywhere.ONETRACK_CURRENCY,
      maxUploadBytes: everywhere.ONETRACK_MAX_UPLOAD,
      get indexKey() {
        return indexKey ?? notGiven('indexKey');
      },
      get functions() {
        return functions ?? notGiven('functions');
      },
    },
    // The table's stream is the bell.
    ring: () => undefined,
  };
  return { platform, catalogue: new Catalogue(registry), clock, cursors };
}

const PORTS = [
  'documents',
  'engine',
  'masterKey',
  'recordKey',
  'seals',
  'signer',
  'timestamps',
  'notifier',
  'connectors',
  'outbound',
  'deliveries',
  'denials',
  'reads',
  'asks',
  'links',
  'drafts',
  'tries',
  'papers',
] as const satisfies (keyof Ports)[];

function withheldPorts(): Ports {
  return Object.fromEntries(PORTS.map((name) => [name, withheld(name)])) as unknown as Ports;
}

function notGiven(name: string): never {
  throw new Error(`${name}: this function is not given it; see FUNCTIONS in schemas/environment.ts`);
}
