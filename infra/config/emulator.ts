import type { EnvironmentConfig } from './environment-config.ts';

/** What the emulator's deployment leaves out, each with its reason: nothing that a request or an execution passes through. Template assertions check it instead. */
export const LEFT_OUT = {
  'backup-selection': 'AWS::Backup::BackupSelection is refused by the emulator, which makes no backups',
  'metric-math': 'AWS::CloudWatch::Alarm with metric math is refused by the emulator, which raises no alarms',
} as const satisfies Record<string, string>;
export type LeftOut = keyof typeof LEFT_OUT;

/** Whether this environment goes without. */
export function leaves(config: EnvironmentConfig, what: LeftOut): boolean {
  return config.kind === 'emulator' && what in LEFT_OUT;
}
