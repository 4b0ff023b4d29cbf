import { goJourneys } from './journeys.ts';

goJourneys('desk', 1280);
