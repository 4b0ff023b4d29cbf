import { relayGroups } from '../relay/relay-groups.ts';
import { openSources } from '../wiring/connectors.ts';
import { openDocuments } from '../wiring/documents.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openBeside } from '../wiring/outbound.ts';
import { openRelay, rowsIn } from '../wiring/relay.ts';

const opened = openPlatform({
  ...(await openKeys()),
  beside: openBeside,
  reach: openSources,
  ...openRelay(openDocuments()),
});
const { platform, catalogue } = opened;

/** Left for the row that is under way, in milliseconds. */
const RESERVE_MS = 15_000;

/** Called with what was just written: does what commits left to do. What fails is put off in its row and taken up by the sweep, as is what there is no time for. */
export const handler = lambda(opened, async (event: unknown, context) => {
  await relayGroups(platform, catalogue, rowsIn(event), () => context.getRemainingTimeInMillis() > RESERVE_MS);
});
