import { describeScenarios } from '../../builders/scenario-suite.ts';

// Grounds of admissibility before officials and the system, what the next condition reads, papers made anew: told beside the fixture.
describeScenarios('stall-permit', { folder: 'test/workflows/fixtures' });
