import { goJourneys } from './journeys.ts';

goJourneys('telephone', 360);
