import { describeScenarios } from '../../builders/scenario-suite.ts';

describeScenarios('team-decision');
