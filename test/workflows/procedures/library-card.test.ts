import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('library-card');
