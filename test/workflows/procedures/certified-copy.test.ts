import { describeScenarios } from '../../builders/scenario-suite.ts';

// Same day and 15:00, longer by written agreement; fees by the page; a register that begins anew with the year.
describeScenarios('certified-copy');
