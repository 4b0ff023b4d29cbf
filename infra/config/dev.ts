import { checkConfig } from './environment-config.ts';
import { RELEASE, RUNBOOK } from './release.ts';

/** For trying a release on AWS. The services outside are placeholders under `.example`: put your own. */
export const dev = checkConfig({
  kind: 'aws',
  name: 'dev',
  region: 'ap-southeast-1',
  protected: false,
  currency: 'VND',
  timeZone: 'Asia/Ho_Chi_Minh',
  language: 'vi',
  maxUploadBytes: 50_000_000,
  issuer: {
    url: 'https://login.dev.onetrack.example/',
    audience: 'onetrack',
    keys: 'https://login.dev.onetrack.example/jwks.json',
  },
  console: {
    login: { client: 'onetrack-console', secret: true },
    signingPage: 'https://signer.dev.onetrack.example/authorize',
  },
  signer: 'https://signer.dev.onetrack.example',
  timestamps: 'https://timestamps.dev.onetrack.example',
  systems: {
    'civil-status': 'https://registries.dev.onetrack.example/civil-status',
    'social-insurance': 'https://registries.dev.onetrack.example/social-insurance',
    'allowance-payments': 'https://registries.dev.onetrack.example/allowance-payments',
    'building-register': 'https://registries.dev.onetrack.example/building-register',
    tax: 'https://registries.dev.onetrack.example/tax',
  },
  revocationLists: ['http://ca.dev.onetrack.example/ca.crl'],
  mail: { domain: 'dev.onetrack.example', from: 'Onetrack <no-reply@dev.onetrack.example>' },
  seals: ['thu-lam'],
  documents: { lock: 'GOVERNANCE', days: 1 },
  backupDays: 7,
  logDays: 30,
  throttle: { rate: 50, burst: 100 },
  release: RELEASE,
  alarms: { emails: [] },
  runbook: RUNBOOK,
});
