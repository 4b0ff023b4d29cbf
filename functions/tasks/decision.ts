import type { Claimant } from '../../domain/dossier/commands/tasks.ts';
import type { Dossier, TaskState } from '../../domain/dossier/state.ts';
import type { IdempotencyRecord } from '../../domain/ports/dossier-store.ts';
import type { HandedInSignature } from '../../schemas/api.ts';
import type { HandedIn } from '../dossiers/received-documents.ts';

type Data = Readonly<Record<string, unknown>>;

/** What is decided of a task. */
export interface Decision {
  outcome: string;
  comment?: string | undefined;
  form?: Data | undefined;
  /** Documents handed in with it. */
  attachments: readonly HandedIn[];
  /** Documents or fields that are asked for, when the outcome is incomplete. */
  missing: readonly string[];
  /** Why paper is asked for although a source holds it, by document. */
  insists?: Readonly<Record<string, string>> | undefined;
  /** The instrument by which the official acts in an office that is not his own. */
  onBehalfOf?: string | undefined;
  /** For a step that is signed in person. */
  signature?: HandedInSignature | undefined;
}

/** Who decides it. */
export interface Decider {
  by: Claimant;
  /** Owner of the uploads named as attachments. */
  subject: string;
  /** The system that speaks for him, as an owner of uploads. */
  system?: string | undefined;
  /** An official stands in for the applicant at the counter: what either of them has already is not handed in by naming it. */
  atCounter?: boolean | undefined;
  /** The link by which he decides. */
  link?: { link: string; until: number } | undefined;
  idempotency?: ((dossier: Dossier) => IdempotencyRecord) | undefined;
}

/** What is decided of which task, and by whom. */
export interface Deciding {
  task: TaskState;
  decider: Decider;
  decision: Decision;
}
