import { describeScenarios } from '../../builders/scenario-suite.ts';

// Calls taken back: exactly, once, the last one first, whatever is down meanwhile: told beside the fixture.
describeScenarios('moved-home', { folder: 'test/workflows/fixtures' });
