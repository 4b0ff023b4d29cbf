import { describeScenarios } from '../../builders/scenario-suite.ts';

// Law 50/1991 of Romania: T-27, working and calendar days in one procedure, opinions as dossiers of their own.
describeScenarios('building-permit');
