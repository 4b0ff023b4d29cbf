import { sweep } from '../sweep/sweep.ts';
import { openSources } from '../wiring/connectors.ts';
import { openDocuments } from '../wiring/documents.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda, publishMeasures } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openBeside } from '../wiring/outbound.ts';
import { openRelay } from '../wiring/relay.ts';

const opened = openPlatform({
  ...(await openKeys()),
  beside: openBeside,
  reach: openSources,
  ...openRelay(openDocuments('expiredTransfers')),
});
const { platform, catalogue, cursors } = opened;

/** Called every minute: timers, time-stamps over heads, rows to be tried again, fan-out, expired uploads; measures how things stand. */
export const handler = lambda(opened, async (_event: unknown, context) => {
  const timeLeft = (): number => context.getRemainingTimeInMillis();
  await sweep(platform, catalogue, { cursors, timeLeft, measured: publishMeasures });
});
