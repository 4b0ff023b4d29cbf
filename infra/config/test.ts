import { checkConfig, type EnvironmentConfig } from './environment-config.ts';
import { RELEASE, RUNBOOK } from './release.ts';

/** What only the harness knows once its services listen: handed in as JSON, see docs/aws.md. */
export type TestServices = Partial<
  Pick<
    Extract<EnvironmentConfig, { kind: 'emulator' }>,
    'issuer' | 'signer' | 'timestamps' | 'systems' | 'revocationLists' | 'publicUrl' | 'seals' | 'release' | 'restored'
  >
>;

/** The whole-stack test on an emulator. The one environment whose clock can be set ahead. */
export function test(services: TestServices = {}): EnvironmentConfig {
  return checkConfig({
    kind: 'emulator',
    name: 'test',
    region: 'ap-southeast-1',
    protected: false,
    currency: 'VND',
    timeZone: 'Asia/Ho_Chi_Minh',
    language: 'vi',
    maxUploadBytes: 50_000_000,
    issuer: {
      url: 'http://127.0.0.1:9001',
      audience: 'onetrack',
      keys: 'http://127.0.0.1:9001/jwks.json',
    },
    console: { login: { client: 'console', secret: true } },
    signer: 'http://127.0.0.1:9002',
    timestamps: 'http://127.0.0.1:9003',
    systems: {
      'civil-status': 'http://127.0.0.1:9004/civil-status',
      'social-insurance': 'http://127.0.0.1:9004/social-insurance',
      'allowance-payments': 'http://127.0.0.1:9004/allowance-payments',
      'building-register': 'http://127.0.0.1:9004/building-register',
      tax: 'http://127.0.0.1:9004/tax',
    },
    revocationLists: [],
    mail: { domain: 'onetrack.example', from: 'Onetrack <no-reply@onetrack.example>' },
    seals: ['thu-lam'],
    documents: { lock: 'GOVERNANCE', days: 1 },
    backupDays: 7,
    logDays: 7,
    throttle: { rate: 1000, burst: 2000 },
    release: RELEASE,
    alarms: { emails: [] },
    runbook: RUNBOOK,
    ...services,
  });
}
