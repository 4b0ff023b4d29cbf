import type { ApiOptions } from '../api/app.ts';
import { openSources } from './connectors.ts';
import { description } from './description.ts';
import { openDocuments } from './documents.ts';
import { openMachines } from './engine.ts';
import { openEvidence } from './evidence.ts';
import { openIndexKey } from './index-key.ts';
import { openKeys } from './keys.ts';
import { log } from './lambda.ts';
import { type Opened, openPlatform } from './open-platform.ts';
import { openBeside, openOutbound } from './outbound.ts';
import { openPapers } from './papers.ts';
import { openRecordChain } from './record-chain.ts';
import { openSeals } from './seals.ts';
import { openSigner } from './signer.ts';
import { openTimestamps } from './timestamps.ts';

/** What the API's routes stand on, wherever they are asked: behind the HTTP API, and by the console in its own process. */
export async function openApi(): Promise<{ opened: Opened; options: ApiOptions }> {
  const [keys, indexKey] = await Promise.all([openKeys(openRecordChain()), openIndexKey()]);
  const by = { seals: openSeals('sealChains'), timestamps: openTimestamps() };
  const opened = openPlatform({
    ...keys,
    ...by,
    ...openMachines(),
    beside: openBeside,
    reach: openSources,
    indexKey,
    documents: openDocuments('transfers'),
    signer: openSigner(),
    outbound: openOutbound(),
    papers: openPapers(by),
  });
  return { opened, options: { log, evidence: openEvidence(), description } };
}
