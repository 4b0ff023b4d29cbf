/** What applicants see and do, loaded at the first of these pages. */
export { announceStep } from './announce.ts';
export { applyPage, applyStep } from './apply.ts';
export { askedPage, askedStep } from './asked.ts';
export { removalPage, removalStep } from './begun-pages.ts';
export { answerStep, minePage, ownDossierPage, rateStep, receivedPage } from './mine.ts';
export { begunAnswerPage } from './over.ts';
export { papersPage, reusesPage } from './papers.ts';
export { supplementPage, supplementStep } from './supplement.ts';
export { allUsesPage, usesPage } from './uses.ts';
export { withdrawalPage, withdrawalStep } from './withdraw.ts';
