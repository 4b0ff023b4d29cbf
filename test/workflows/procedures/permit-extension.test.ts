import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('permit-extension');
