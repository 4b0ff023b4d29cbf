import { createApp } from '../api/app.ts';
import { answerEvent, type HttpEvent } from '../api/http-event.ts';
import { openAuthenticator } from '../wiring/access.ts';
import { description } from '../wiring/description.ts';
import { openDocuments } from '../wiring/documents.ts';
import { openMachines } from '../wiring/engine.ts';
import { openEvidence } from '../wiring/evidence.ts';
import { openIndexKey } from '../wiring/index-key.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda, log } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openBeside, openOutbound } from '../wiring/outbound.ts';
import { openPapers } from '../wiring/papers.ts';
import { openRecordChain } from '../wiring/record-chain.ts';
import { openSeals } from '../wiring/seals.ts';
import { openSigner } from '../wiring/signer.ts';
import { openTimestamps } from '../wiring/timestamps.ts';

const [keys, indexKey] = await Promise.all([openKeys(openRecordChain()), openIndexKey()]);
const by = { seals: openSeals('sealChains'), timestamps: openTimestamps() };
const opened = openPlatform({
  ...keys,
  ...by,
  ...openMachines(),
  beside: openBeside,
  indexKey,
  documents: openDocuments('transfers'),
  signer: openSigner(),
  outbound: openOutbound(),
  papers: openPapers(by),
});
const { platform, catalogue, clock } = opened;
const app = createApp(platform, catalogue, openAuthenticator(clock), { log, evidence: openEvidence(), description });

/** The HTTP API. */
export const handler = lambda(opened, (event: HttpEvent) => answerEvent(app, event));
