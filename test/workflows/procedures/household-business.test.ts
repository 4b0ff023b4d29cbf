import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('household-business');
