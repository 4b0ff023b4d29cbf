import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/environment-config.ts';
import { DocumentBuckets } from '../constructs/document-buckets.ts';
import { DossierTable } from '../constructs/dossier-table.ts';
import { PlatformKeys } from '../constructs/platform-keys.ts';
import { TableBackups } from '../constructs/table-backups.ts';
import { namesOf } from '../names.ts';

/** The table that is worked on: the stack's own, or one that was restored in its place. */
export type WorkedTable = Readonly<Record<'tableName' | 'tableArn' | 'tableStreamArn', string>>;

/** What lasts: dossiers, documents, keys, and the address that others have written down. Everything else can be thrown away and deployed anew. */
export class DataStack extends Stack {
  readonly table: WorkedTable;
  readonly keys: PlatformKeys;
  readonly buckets: DocumentBuckets;
  /** The HTTP API without routes: they come and go, its address stays. */
  readonly api: CfnApi;
  /** Where applicants and agencies reach it, without a trailing slash. */
  readonly publicUrl: string;

  constructor(scope: Construct, id: string, { config, ...props }: StackProps & { config: EnvironmentConfig }) {
    super(scope, id, { ...props, terminationProtection: config.protected });
    const { prefix, sealAlias } = namesOf(config.name);
    const { protected: protect, documents, logDays } = config;
    this.keys = new PlatformKeys(this, 'Keys', {
      prefix,
      seals: { alias: sealAlias, units: config.seals },
      protect,
    });
    const { table } = new DossierTable(this, 'Dossiers', { key: this.keys.storage, protect });
    this.table = config.restored === undefined ? ownTable(table) : restoredTable(config.restored);
    this.api = new CfnApi(this, 'Api', { name: prefix, protocolType: 'HTTP', description: 'Onetrack' });
    this.publicUrl = publicUrlOf(config, this.api);
    this.buckets = new DocumentBuckets(this, 'Buckets', {
      key: this.keys.storage,
      pages: this.publicUrl,
      documents,
      logDays,
      protect,
    });
    new TableBackups(this, 'Backups', { config, tableArn: this.table.tableArn, key: this.keys.storage });
    const identity = new EmailIdentity(this, 'Mail', { identity: Identity.domain(config.mail.domain) });
    for (const lasting of [identity, this.api]) if (protect) retain(lasting);
    new CfnOutput(this, 'PublicUrl', { value: this.publicUrl });
  }
}

function ownTable({ tableName, tableArn, tableStreamArn = '' }: Table): WorkedTable {
  return { tableName, tableArn, tableStreamArn };
}

/** It was made by a restore, not by this stack, which keeps its own beside it. */
function restoredTable(tableStreamArn: string): WorkedTable {
  const [tableArn = ''] = tableStreamArn.split('/stream/');
  const [, tableName = ''] = tableArn.split(':table/');
  return { tableName, tableArn, tableStreamArn };
}

function retain(resource: EmailIdentity | CfnApi): void {
  resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
}

function publicUrlOf(config: EnvironmentConfig, api: CfnApi): string {
  if (config.kind === 'emulator') return config.publicUrl ?? api.attrApiEndpoint;
  return config.domain ? `https://${config.domain.name}` : api.attrApiEndpoint;
}
