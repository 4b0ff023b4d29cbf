/** A text in this language, else in Vietnamese, else in the first one it has. */
export function inLanguage(text: Readonly<Record<string, string>>, language: string): string {
  return text[language] ?? text['vi'] ?? Object.values(text)[0] ?? '';
}
