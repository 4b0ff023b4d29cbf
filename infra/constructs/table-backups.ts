import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { leaves } from '../config/emulator.ts';
import type { EnvironmentConfig } from '../config/environment-config.ts';

interface BackupsProps {
  config: EnvironmentConfig;
  tableArn: string;
  key: IKey;
}

/** A copy of the table each night, in a vault of its own: point-in-time recovery ends with the table, these do not. Documents are versioned and locked instead. */
export class TableBackups extends Construct {
  constructor(scope: Construct, id: string, { config, tableArn, key }: BackupsProps) {
    super(scope, id);
    const vault = new BackupVault(this, 'Vault', {
      encryptionKey: key,
      removalPolicy: config.protected ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      ...(config.protected && { lockConfiguration: { minRetention: Duration.days(1) } }),
    });
    const plan = new BackupPlan(this, 'Plan', {
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'nightly',
          // Five in the morning in Vietnam has seen the day's last dossier.
          scheduleExpression: Schedule.cron({ hour: '22', minute: '0' }),
          deleteAfter: Duration.days(config.backupDays),
        }),
      ],
    });
    if (!leaves(config, 'backup-selection'))
      plan.addSelection('Table', { resources: [BackupResource.fromArn(tableArn)] });
  }
}
