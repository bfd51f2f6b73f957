/** The reader's language, and how prices and dates are written in it. */
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react';

import { english, type Messages } from './english.ts';
import { formatsOf } from './formats.ts';

/** Languages that the shop speaks, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

type Spoken = { readonly language: Language; readonly messages: Messages };

/** Every other language is a file that only its readers load. */
const messagesIn: Readonly<Record<Language, () => Promise<Messages>>> = {
  en: async () => english,
  de: async () => (await import('./german.ts')).german,
};

const kept = 'language';
const isLanguage = (tag: string | null | undefined): tag is Language => tag === 'en' || tag === 'de';

/** What the reader chose here once, else the first of the browser's languages that the shop speaks. */
const wanted = (): Language => {
  const chosen = localStorage.getItem(kept);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
};

/** The language to begin with. A file that does not come leaves English. */
export const firstSpoken = async (): Promise<Spoken> => {
  const language = wanted();
  try {
    return { language, messages: await messagesIn[language]() };
  } catch {
    return { language: 'en', messages: english };
  }
};

type Speech = Spoken & {
  /** BCP 47 tag by which numbers and dates are written: the reader's own where it is of the language of the page. */
  readonly locale: string;
  /** Goes on in another language, and remembers it. */
  readonly speak: (language: Language) => Promise<void>;
};

const SpeechContext = createContext<Speech>({
  language: 'en',
  locale: 'en',
  messages: english,
  speak: async () => undefined,
});

export type LanguageProviderProps = { readonly first: Spoken; readonly children: ReactNode };

/** Gives the pages below a language, `first` until the reader chooses another. */
export const LanguageProvider = ({ first, children }: LanguageProviderProps) => {
  const [spoken, setSpoken] = useState(first);
  const { language } = spoken;
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo(
    () => ({
      ...spoken,
      locale: navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language,
      speak: async (next: Language) => {
        const messages = await messagesIn[next]();
        localStorage.setItem(kept, next);
        setSpoken({ language: next, messages });
      },
    }),
    [spoken, language],
  );
  return <SpeechContext value={speech}>{children}</SpeechContext>;
};

/** All the shop says. */
export const useMessages = (): Messages => use(SpeechContext).messages;

/** The language of the page, and the way to another. */
export const useLanguage = () => {
  const { language, speak } = use(SpeechContext);
  return { language, speak };
};

/** Prices and dates as the reader writes them. Currencies have as many decimals as they have. */
export const useFormats = () => {
  const { locale } = use(SpeechContext);
  return useMemo(() => formatsOf(locale), [locale]);
};
