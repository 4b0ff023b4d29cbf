import type { Texts } from './vi.ts';

export type Language = 'vi' | 'en';
/** Each loaded at first need: a start of the console has a third less to read. */
export const LANGUAGES: Readonly<Record<Language, { name: string; texts: () => Promise<Texts> }>> = {
  vi: { name: 'Tiếng Việt', texts: async () => (await import('./vi.ts')).vi },
  en: { name: 'English', texts: async () => (await import('./en.ts')).en },
};

export function isLanguage(name: unknown): name is Language {
  return typeof name === 'string' && Object.hasOwn(LANGUAGES, name);
}

/** What the browser asks for, where nothing was chosen: Vietnamese unless another of ours stands before it (RFC 9110, 12.5.4). */
export function preferred(accepted: string | undefined): Language {
  const wanted = (accepted ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.find(isLanguage) ?? 'vi';
}
