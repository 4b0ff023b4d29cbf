import { WaitingCall } from '../stages/call.ts';
import { parkDossier } from '../stages/park.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';

const opened = openPlatform(await openKeys());

/** Called by a machine that cannot go on: the dossier is parked until a person resumes it. */
export const handler = lambda(opened, async (event: unknown) => {
  await parkDossier(opened.platform, WaitingCall.parse(event));
  return {};
});
