/** Sends mail: SES, SMTP, or a folder of .eml files. At least once, with a stable message id. */
export interface Notifier {
  /** Resolves when the message was handed over durably. Throws `TaskRetryable` if it may be tried again, `TaskTerminal` if it never can be sent. */
  send(message: Mail): Promise<{ how: string }>;
  /** Removes what this installation itself keeps of messages. Repeatable. */
  forget(ids: readonly string[]): Promise<void>;
}

export interface Mail {
  /** Stable; becomes the Message-ID. */
  id: string;
  to: string;
  subject: string;
  text: string;
  attachments: readonly { fileName: string; mediaType: string; bytes: Uint8Array }[];
}
