/** What officials and heads of units see and do, loaded at the first of these pages. */
export { bookPage, compareStep } from './book.ts';
export { cashPage, cashStep } from './cash.ts';
export { changesPage } from './changes.ts';
export { decisionStep, signedStep } from './decide.ts';
export { findPage } from './find.ts';
export { handOverPage, handOverStep } from './hand-over.ts';
export { inboxPage } from './inbox.ts';
export { intakePage, intakeSigned, intakeStep } from './intake.ts';
export { orderPage, orderStep } from './order.ts';
export { custodyPage, paperDebtPage, paperDossiersPage } from './paper-debt.ts';
export { disposalPage, disposalsPage } from './disposals.ts';
export { judgePage, judgeStep } from './judge-disposal.ts';
export { proposalStep } from './propose-disposal.ts';
export { recordsPage } from './records.ts';
export { takingStep } from './taking.ts';
export { officialDossierPage, openTask, taskPage } from './task.ts';
export { workPage } from './work.ts';
export { restartPage, restartStep, resumeStep, stalledDossierPage, stalledPage } from '../stalled.ts';
