import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('marriage-registration');
