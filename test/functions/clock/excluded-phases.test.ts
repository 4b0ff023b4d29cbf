import { describeScenarios } from '../../builders/scenario-suite.ts';

// T-15: phases that the term leaves out, in working and in calendar days, told beside the fixture.
describeScenarios('land-title', { folder: 'test/workflows/fixtures' });
