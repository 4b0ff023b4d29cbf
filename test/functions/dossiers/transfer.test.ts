import { describeScenarios } from '../../builders/scenario-suite.ts';

// Place of reception, of decision and of return; what nobody can place; what came to the wrong unit (T-01).
describeScenarios('planning-note', { folder: 'test/workflows/fixtures' });
