import { announceCertificates } from '../sweep/announce-certificates.ts';
import { sweep } from '../sweep/sweep.ts';
import { openSources } from '../wiring/connectors.ts';
import { openDocuments } from '../wiring/documents.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda, log, publishMeasures } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openBeside } from '../wiring/outbound.ts';
import { openRecordChain } from '../wiring/record-chain.ts';
import { openRelay } from '../wiring/relay.ts';
import { readSealCertificates } from '../wiring/seal-certificates.ts';

const opened = openPlatform({
  ...(await openKeys(openRecordChain())),
  beside: openBeside,
  reach: openSources,
  ...openRelay(openDocuments('expiredTransfers')),
});
const { platform, catalogue, cursors } = opened;

const WORK = {
  minute: (timeLeft: () => number) => sweep(platform, catalogue, { cursors, timeLeft, measured: publishMeasures }),
  day: async () => {
    const { registry, clock, recordKey } = platform;
    const holders = { registry, clock, recordKey, seals: await readSealCertificates() };
    publishMeasures(await announceCertificates(holders, catalogue, log));
  },
} as const;

/**
 * Called every minute: timers, time-stamps over heads, rows to be tried again, fan-out, expired uploads; measures how things stand. Called every day
 * (`{ "every": "day" }`): looks at all certificates, which are too many for a minute.
 */
export const handler = lambda(opened, ({ every = 'minute' }: { every?: keyof typeof WORK }, context) =>
  WORK[every](() => context.getRemainingTimeInMillis()),
);
