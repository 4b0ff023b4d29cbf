import { describeScenarios } from '../../builders/scenario-suite.ts';

// A limit extended by a signed decision: in time, late, twice, declined, withdrawn, through a crash: told beside the fixture.
describeScenarios('shore-survey', { folder: 'test/workflows/fixtures' });
