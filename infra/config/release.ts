/** What every environment starts with. */
export const RELEASE = {
  procedures: [
    'workflows/procedures/birth-registration.yaml',
    'workflows/procedures/building-permit.yaml',
    'workflows/procedures/certified-copy.yaml',
    'workflows/procedures/civil-record-change.yaml',
    'workflows/procedures/construction-permit.yaml',
    'workflows/procedures/criminal-record.yaml',
    'workflows/procedures/decision-recall.yaml',
    'workflows/procedures/driving-licence.yaml',
    'workflows/procedures/estonian-building-permit.yaml',
    'workflows/procedures/household-business.yaml',
    'workflows/procedures/library-card.yaml',
    'workflows/procedures/marriage-registration.yaml',
    'workflows/procedures/mortgage-registration.yaml',
    'workflows/procedures/newborn-id-card.yaml',
    'workflows/procedures/newborn-insurance.yaml',
    'workflows/procedures/newborn-residence.yaml',
    'workflows/procedures/newborn.yaml',
    'workflows/procedures/opinion.yaml',
    'workflows/procedures/permanent-residence.yaml',
    'workflows/procedures/permit-extension.yaml',
    'workflows/procedures/social-allowance-change.yaml',
    'workflows/procedures/social-allowance.yaml',
    'workflows/procedures/team-decision.yaml',
    'workflows/procedures/urbanism-certificate.yaml',
  ],
  calendars: ['workflows/calendars/ee.yaml', 'workflows/calendars/ro.yaml', 'workflows/calendars/vn.yaml'],
};

/** The readable runbook of this release. */
export const RUNBOOK = 'https://docs.onetrack.example/runbook';
