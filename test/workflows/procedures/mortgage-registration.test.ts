import { describeScenarios } from '../../builders/scenario-suite.ts';

// The land registry's own day, and an outage that stops the clock by its law.
describeScenarios('mortgage-registration');
