import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('civil-record-change');
