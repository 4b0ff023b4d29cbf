import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('social-allowance');
