import { actStage, parkedOnFailure } from '../stages/act-stage.ts';
import { StageCall } from '../stages/call.ts';
import { openDocuments } from '../wiring/documents.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openSeals } from '../wiring/seals.ts';
import { openConnectors } from '../wiring/connectors.ts';

const opened = openPlatform({
  ...(await openKeys()),
  seals: openSeals('seals'),
  documents: openDocuments(),
  reach: openConnectors,
});
const { platform, catalogue } = opened;

/** Called by a machine at a stage that waits for nobody: does it and answers where it leads. */
export const handler = lambda(opened, async (event: unknown) => {
  const call = StageCall.parse(event);
  return parkedOnFailure(platform, call, () => actStage(platform, catalogue, call));
});
