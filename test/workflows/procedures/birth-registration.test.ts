import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('birth-registration');
