/** What a form sent. */
export type Sent = Readonly<Record<string, unknown>>;

export function textOf(sent: Sent, name: string): string {
  const value = sent[name];
  return typeof value === 'string' ? value.replaceAll('\r\n', '\n').trim() : '';
}

export function listOf(sent: Sent, name: string): string[] {
  return [sent[name]].flat().filter((each): each is string => typeof each === 'string');
}
