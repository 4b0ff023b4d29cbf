import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('decision-recall');
