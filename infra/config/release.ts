/** What every environment starts with. */
export const RELEASE = {
  procedures: [
    'workflows/procedures/birth-registration.yaml',
    'workflows/procedures/construction-permit.yaml',
    'workflows/procedures/household-business.yaml',
    'workflows/procedures/library-card.yaml',
    'workflows/procedures/marriage-registration.yaml',
  ],
  calendars: ['workflows/calendars/vn.yaml'],
};

/** The readable runbook of this release. */
export const RUNBOOK = 'https://docs.onetrack.example/runbook';
