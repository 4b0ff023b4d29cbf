import { type App, type PolicyValidationPluginReport, type PolicyViolation, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import { WILDCARDS } from './grants.ts';

/** A finding that stands, where it stands, and why. */
export interface Reason {
  rule: RegExp;
  /** Path of the construct. */
  at: RegExp;
  reason: string;
}

const role = /-engine\/[\w-]+\/Role\/Resource$/;

/** Every finding of AwsSolutions that stands. What is not here fails the synthesis, and so does the test where a line is no longer needed. */
export const REASONS: readonly Reason[] = [
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: /-engine\/Machines\/Role\/Resource$/,
    reason: WILDCARDS.logDelivery,
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::\*\]$/,
    at: role,
    reason: `${WILDCARDS.tracing}; ${WILDCARDS.tokens}; ${WILDCARDS.streams}. Which actions these are is held by test/infra/stacks/least-privilege.ts`,
  },
  { rule: /^AwsSolutions-IAM5\[Resource::.*:key\/\*\]$/, at: role, reason: WILDCARDS.seals },
  { rule: /^AwsSolutions-IAM5\[Resource::.*\/seals\/\*\]$/, at: role, reason: WILDCARDS.seals },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*Buckets(Documents|Transfers).*\/\*\]$/,
    at: role,
    reason: WILDCARDS.objects,
  },
  {
    rule: /^AwsSolutions-IAM5\[Resource::.*:states:.*:(stateMachine|execution):.*\]$/,
    at: role,
    reason: WILDCARDS.executions,
  },
  {
    rule: /^AwsSolutions-IAM4\[Policy::.*AWSBackupServiceRolePolicyForBackup\]$/,
    at: /-data\/Backups\/Plan\/Table\/Role\/Resource$/,
    reason: 'what AWS Backup needs of a table changes with AWS Backup, and AWS keeps this policy with it',
  },
  {
    rule: /^AwsSolutions-SQS3$/,
    at: /-engine\/queue-(relay|sweep)-failed\/Resource$/,
    reason: 'it is itself the end of the line: a person empties it, and an alarm rings for the first message',
  },
  {
    rule: /^AwsSolutions-APIG4$/,
    at: /-api\/(health|trackDossier|listProcedures|readProcedure|foreseeProcedure|listCalendars|readCalendar(AsICalendar|Version)?|describeApi|describeApiOfVersion)$/,
    reason: 'tells nothing personal: the law and what follows from it, its description, whether a dossier is complete',
  },
  {
    rule: /^AwsSolutions-APIG4$/,
    at: /-api\/fetchHeldPaper$/,
    reason: 'proves itself by the mark in the QR code of a print, 128 bits: the paper says what the print says',
  },
  {
    rule: /^AwsSolutions-APIG4$/,
    at: /-api\/(putUpload(Part)?|downloadFile|downloadEvidence)$/,
    reason: 'proves itself by the HMAC in its address, which the function checks',
  },
  {
    rule: /^AwsSolutions-APIG4$/,
    at: /-api\/(showLink|decideByLink)$/,
    reason: 'proves itself by the one-time secret in its address, which the function checks',
  },
  {
    rule: /^AwsSolutions-APIG4$/,
    at: /-api\/(decideByWebhook|payByWebhook)$/,
    reason: 'proves itself by the signature over its body (Standard Webhooks), which the function checks',
  },
  {
    rule: /^AwsSolutions-APIG4$/,
    at: /-api\/console(Home|Pages)$/,
    reason:
      'a browser brings a sealed cookie, which the function opens; what it may see is judged by the API’s routes as for a token',
  },
];

/** AWS's rules for solutions, with the reasons of those findings that stand: the report of a synthesis names what has none, and fails it. */
export class ReasonedChecks extends AwsSolutionsChecks {
  /** Reasons that met a finding. */
  readonly used = new Set<Reason>();

  override validateScope(scope: IConstruct): PolicyValidationPluginReport {
    const found: readonly PolicyViolation[] = super.validateScope(scope).violations;
    const constructs = new Map(scope.node.findAll().map((construct) => [construct.node.path, construct]));
    for (const { ruleName, violatingResources = [] } of found)
      for (const { constructPath = '' } of violatingResources) {
        const construct = constructs.get(constructPath);
        const why = REASONS.find(({ rule, at }) => rule.test(ruleName) && at.test(constructPath));
        if (!construct || !why) continue;
        this.used.add(why);
        Validations.of(construct).acknowledge({ id: ruleName, reason: why.reason });
      }
    return super.validateScope(scope);
  }
}

/** Holds an app to AWS's rules. */
export function holdToRules(app: App): ReasonedChecks {
  const checks = new ReasonedChecks(app);
  Validations.of(app).addPlugins(checks);
  return checks;
}
