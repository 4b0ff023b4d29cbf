import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('criminal-record');
