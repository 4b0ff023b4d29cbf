import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('driving-licence');
