import { RemovalPolicy } from 'aws-cdk-lib';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';

interface KeysProps {
  /** Begins each alias. */
  prefix: string;
  /** Beginning of the seals' aliases, and the units whose seals are made here. */
  seals: { alias: string; units: readonly string[] };
  protect: boolean;
}

/**
 * The keys on which everything rests. None ever leaves KMS. Symmetric ones turn once a year by themselves; KMS does not turn asymmetric and HMAC keys: a new
 * record key or seal comes with a new certificate, and the index key cannot change at all.
 */
export class PlatformKeys extends Construct {
  /** Under which table, buckets and backups lie. */
  readonly storage: Key;
  /** Under which each dossier's own key is kept. */
  readonly master: Key;
  /** Signs each event. */
  readonly record: Key;
  /** From which the key of the applicants' index is derived. */
  readonly index: Key;

  constructor(scope: Construct, id: string, { prefix, seals, protect }: KeysProps) {
    super(scope, id);
    const removalPolicy = protect ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
    const symmetric = { enableKeyRotation: true, removalPolicy };
    const signing = { keySpec: KeySpec.ECC_NIST_P256, keyUsage: KeyUsage.SIGN_VERIFY, removalPolicy };
    this.storage = new Key(this, 'Storage', {
      ...symmetric,
      alias: `alias/${prefix}-storage`,
      description: 'Table, buckets and backups at rest',
    });
    this.master = new Key(this, 'Master', {
      ...symmetric,
      alias: `alias/${prefix}-master`,
      description: 'Wraps the key of each dossier',
    });
    this.record = new Key(this, 'Record', {
      ...signing,
      alias: `alias/${prefix}-record`,
      description: 'Signs each event of the record',
    });
    this.index = new Key(this, 'Index', {
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
      removalPolicy,
      alias: `alias/${prefix}-index`,
      description: 'Derives the key of the index of applicants',
    });
    for (const unit of seals.units)
      new Key(this, `Seal-${unit}`, {
        ...signing,
        alias: `${seals.alias}${unit}`,
        description: `Seal of unit ${unit}`,
      });
  }
}
