import { describeScenarios } from '../../builders/scenario-suite.ts';

// Bodies asked at once and in turn, each meaning of silence, late answers, one body added by hand.
describeScenarios('advice', { folder: 'test/workflows/fixtures' });
