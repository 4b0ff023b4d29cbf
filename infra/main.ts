// What `cdk` runs: makes the functions' code, then the stacks of one environment.
import { App } from 'aws-cdk-lib';
import { configOf, defineStacks, makeCode } from './app.ts';
import { holdToRules } from './nag.ts';

const app = new App();
const config = configOf(app);
await makeCode(config);
defineStacks(app, config);
holdToRules(app);
app.synth();
