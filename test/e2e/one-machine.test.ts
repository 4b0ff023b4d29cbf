import { startOneMachine } from './one-machine.ts';
import { describeStories } from './suite.ts';

describeStories('the server of one machine', startOneMachine, { patienceMs: 180_000 });
