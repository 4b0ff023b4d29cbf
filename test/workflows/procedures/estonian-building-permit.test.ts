import { describeScenarios } from '../../builders/scenario-suite.ts';

// F04, Estonia: the authority asks for co-ordination, measuring switches the procedure, the register learns the data, results are signature containers.
describeScenarios('estonian-building-permit');
