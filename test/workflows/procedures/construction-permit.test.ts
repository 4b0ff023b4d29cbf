import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('construction-permit');
