import { DynamoAskLog } from '../../adapters/aws/dynamodb/ask-log.ts';
import { DynamoDeliveryLog } from '../../adapters/aws/dynamodb/delivery-log.ts';
import { DynamoDenialLog } from '../../adapters/aws/dynamodb/denial-log.ts';
import { DynamoDrafts } from '../../adapters/aws/dynamodb/drafts.ts';
import { DynamoLinks } from '../../adapters/aws/dynamodb/links.ts';
import { DynamoReadLog } from '../../adapters/aws/dynamodb/read-log.ts';
import { DynamoTries } from '../../adapters/aws/dynamodb/tries.ts';
import type { TableOptions } from '../../adapters/aws/dynamodb/table-client.ts';
import type { Outbound } from '../../domain/ports/outbound.ts';
import { readEverywhere } from '../../schemas/environment.ts';
import type { Platform } from '../runtime/platform.ts';
import { RecentReads } from '../runtime/recent-reads.ts';
import { atFirstNeed } from './ports.ts';

/** What is kept in the table beside dossiers: attempts to deliver, one-time links, drafts, tries, who read a dossier and whom it was denied to, registers asked at somebody's own wish. */
export function openBeside(
  table: TableOptions,
): Pick<Platform, 'deliveries' | 'links' | 'denials' | 'reads' | 'asks' | 'drafts' | 'tries'> {
  return {
    deliveries: new DynamoDeliveryLog(table),
    links: new DynamoLinks(table),
    drafts: new DynamoDrafts(table),
    denials: new DynamoDenialLog(table),
    asks: new DynamoAskLog(table),
    reads: new RecentReads(new DynamoReadLog(table)),
    tries: new DynamoTries(table),
  };
}

/** Subscribers at public addresses alone: a function stands in no network whose other hosts it could be meant to reach. */
export function openOutbound(): Outbound {
  const own = readEverywhere(process.env).ONETRACK_TEST_SUBSCRIBERS === 'local' ? ['127.0.0.0/8'] : [];
  return atFirstNeed<Outbound>(async () => {
    const [{ AddressGuard }, { createGuardedHttp }] = await Promise.all([
      import('../../adapters/outbound/address-guard.ts'),
      import('../../adapters/outbound/guarded-http.ts'),
    ]);
    return createGuardedHttp({ guard: new AddressGuard(own), clock: { now: () => Date.now() } });
  });
}
