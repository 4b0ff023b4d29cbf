/** Grants that nothing in the whole-stack test needs and that stand nevertheless, each with its reason. In the full form a pattern that no such grant meets is out of date and fails. */
export const STAND_UNTRIED: readonly { grants: RegExp; reason: string }[] = [
  {
    grants: /^\S+ dynamodb:\w+( on an index)?$/,
    reason:
      'whoever is given the store is given all its methods: a role for each method would have to change with each use case, and be forgotten once',
  },
  {
    grants: /^\S+ s3:ListBucket of (documents|transfers)$/,
    reason:
      'asked only where an object is missing: without it S3 says forbidden, and a lost document looks like a wrong role',
  },
  {
    grants: /^(api|console|install) states:DescribeStateMachine$/,
    reason: 'asked where a machine exists already: a publication that is repeated after a crash compares the two',
  },
  {
    grants: /^waiting-stage states:SendTaskSuccess$/,
    reason: 'a task that was decided while its run was lost answers the token of the new run at once',
  },
  {
    grants:
      /^sweep (kms:(GetPublicKey|Sign|Encrypt)|ssm:GetParameter of seals\/\*|s3:(Get|Put)Object of documents|kms:(Decrypt|GenerateDataKey) by s3|states:(Start|Stop)Execution|states:SendTaskSuccess|ses:SendRawEmail)$/,
    reason: 'does what the relay does for rows that have to be tried again: which these are is chance',
  },
  {
    grants: /^(relay|sweep) s3:DeleteObject of documents$/,
    reason:
      'marks the documents of a dossier that was disposed of: the relay at once, the sweep where it has to be tried again',
  },
  {
    grants: /^(relay|sweep) ses:SendEmail$/,
    reason:
      'AWS names SendEmail for the operation and judges its raw content by SendRawEmail: with both, either reading holds',
  },
];
