import { checkConfig } from './environment-config.ts';
import { RELEASE, RUNBOOK } from './release.ts';

/** What an agency runs on: everything resists deletion. The services outside are placeholders under `.example`: put your own. */
export const production = checkConfig({
  kind: 'aws',
  name: 'production',
  region: 'ap-southeast-1',
  protected: true,
  domain: {
    name: 'api.onetrack.example',
    certificateArn: 'arn:aws:acm:ap-southeast-1:111122223333:certificate/00000000-0000-0000-0000-000000000000',
  },
  currency: 'VND',
  timeZone: 'Asia/Ho_Chi_Minh',
  language: 'vi',
  maxUploadBytes: 50_000_000,
  issuer: {
    url: 'https://login.onetrack.example/',
    audience: 'onetrack',
    keys: 'https://login.onetrack.example/jwks.json',
  },
  console: {
    login: { client: 'onetrack-console', secret: true },
    signingPage: 'https://signer.onetrack.example/authorize',
  },
  signer: 'https://signer.onetrack.example',
  timestamps: 'https://timestamps.onetrack.example',
  systems: {
    'civil-status': 'https://registries.onetrack.example/civil-status',
    'social-insurance': 'https://registries.onetrack.example/social-insurance',
    'allowance-payments': 'https://registries.onetrack.example/allowance-payments',
    'building-register': 'https://registries.onetrack.example/building-register',
    tax: 'https://registries.onetrack.example/tax',
  },
  revocationLists: ['http://ca.onetrack.example/ca.crl'],
  mail: { domain: 'onetrack.example', from: 'Onetrack <no-reply@onetrack.example>' },
  seals: ['thu-lam'],
  documents: { lock: 'COMPLIANCE', days: 3653 },
  backupDays: 35,
  logDays: 731,
  throttle: { rate: 500, burst: 1000 },
  release: RELEASE,
  alarms: { emails: ['operations@onetrack.example'] },
  runbook: RUNBOOK,
});
