import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('urbanism-certificate');
