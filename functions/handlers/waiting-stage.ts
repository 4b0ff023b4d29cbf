import { parkedOnFailure } from '../stages/act-stage.ts';
import { WaitingCall } from '../stages/call.ts';
import { enterWaitingStage } from '../stages/enter-stage.ts';
import { openDocuments } from '../wiring/documents.ts';
import { openEngine } from '../wiring/engine.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openSources } from '../wiring/connectors.ts';
import { openDrawing } from '../wiring/drawing.ts';

const opened = openPlatform({
  ...(await openKeys()),
  documents: openDocuments(),
  engine: openEngine(),
  papers: openDrawing(),
  reach: openSources,
});
const { platform, catalogue } = opened;

/** Called by a machine at a stage that waits: opens it. The machine goes on when its token is answered. */
export const handler = lambda(opened, async (event: unknown) => {
  const call = WaitingCall.parse(event);
  await parkedOnFailure(platform, call, () => enterWaitingStage(platform, catalogue, call));
  return {};
});
