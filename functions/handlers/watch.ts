import { executionsIn, replaceLostRun } from '../watch/replace-lost-run.ts';
import { openKeys } from '../wiring/keys.ts';
import { lambda } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';

const opened = openPlatform(await openKeys());

/** Called with executions that failed, timed out or were stopped: a dossier whose run is lost gets a new one. */
export const handler = lambda(opened, async (event: unknown) => {
  for (const execution of executionsIn(event)) await replaceLostRun(opened.platform, execution);
});
