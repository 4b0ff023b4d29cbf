import { installRelease } from '../procedures/install-release.ts';
import { answerCloudFormation, type CustomResourceEvent } from '../wiring/custom-resource.ts';
import { openMachines } from '../wiring/engine.ts';
import { lambda } from '../wiring/lambda.ts';
import { openPlatform } from '../wiring/open-platform.ts';
import { openRelease } from '../wiring/release.ts';

const opened = openPlatform(openMachines());
const release = openRelease();

/** Called by CloudFormation at each deployment that brings another release: publishes its procedures. */
export const handler = lambda(opened, (event: CustomResourceEvent) =>
  answerCloudFormation(event, () => installRelease(opened.platform, release)),
);
