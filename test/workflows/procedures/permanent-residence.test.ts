import { describeScenarios } from '../../builders/scenario-suite.ts';

// Dossiers of several agencies under one: T-18, partial results, requests through the parent, withdrawal, lateness.
describeScenarios('permanent-residence');
