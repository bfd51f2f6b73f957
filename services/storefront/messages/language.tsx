/** The reader's language, and how prices and dates are written in it. */
import { createContext, type ReactNode, startTransition, use, useEffect, useMemo, useState } from 'react';
import { SiteWordsProvider } from '../../site-kit/messages/site-words.tsx';
import { type BrowsingMessages, browsing } from './english/browsing.ts';
import type { BuyingMessages } from './english/buying.ts';

/** Languages that the shop speaks, each by its own name. */
export const languages = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof languages;

type Spoken = { readonly language: Language; readonly messages: BrowsingMessages };

/** Every other language is a file that only its readers load. */
const browsingIn: Readonly<Record<Language, () => Promise<BrowsingMessages>>> = {
  en: async () => browsing,
  de: async () => (await import('./german/browsing.ts')).browsing,
};
/** Nobody who only looks around loads these. */
const buyingIn: Readonly<Record<Language, () => Promise<BuyingMessages>>> = {
  en: async () => (await import('./english/buying.ts')).buying,
  de: async () => (await import('./german/buying.ts')).buying,
};

const kept = 'language';
/** Whether this tag is a language that the shop speaks. */
export const isLanguage = (tag: string | null | undefined): tag is Language => tag === 'en' || tag === 'de';

/** What the reader chose here once, else the first of the browser's languages that the shop speaks. */
const wanted = (): Language => {
  // Where pages are drawn ahead there is no such storage.
  const chosen = globalThis.localStorage?.getItem(kept);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((tag) => tag.split('-')[0]).find(isLanguage) ?? 'en';
};

/** A language with what is said in it first. Rejects when its file does not come. */
export const spokenIn = async (language: Language): Promise<Spoken> => ({
  language,
  messages: await browsingIn[language](),
});

/** The language to begin with. A file that does not come leaves English. */
export const firstSpoken = (): Promise<Spoken> =>
  spokenIn(wanted()).catch(() => ({ language: 'en', messages: browsing }));

type Speech = Spoken & {
  /** BCP 47 tag by which numbers and dates are written: the reader's own where it is of the language of the page. */
  readonly locale: string;
  /** Goes on in another language, and remembers it. */
  readonly speak: (language: Language) => Promise<void>;
};

const SpeechContext = createContext<Speech>({
  language: 'en',
  locale: 'en',
  messages: browsing,
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
        const messages = await browsingIn[next]();
        localStorage.setItem(kept, next);
        // The page stays as it is while more of the language is on its way.
        startTransition(() => setSpoken({ language: next, messages }));
      },
    }),
    [spoken, language],
  );
  const { locale, messages } = speech;
  const words = useMemo(() => {
    const { name, tagline } = messages.shop;
    return { name, tagline, states: messages.states, locale };
  }, [messages, locale]);
  return (
    <SpeechContext value={speech}>
      <SiteWordsProvider value={words}>{children}</SiteWordsProvider>
    </SpeechContext>
  );
};

const buyingRead = new Map<Language, Promise<BuyingMessages>>();

/** What the shop says from the cart on, read once; asked for with the page that says it, both come at the same time. */
export const readBuyingMessages = (language = wanted()): Promise<BuyingMessages> => {
  const known = buyingRead.get(language);
  if (known !== undefined) return known;
  const reading = buyingIn[language]();
  buyingRead.set(language, reading);
  reading.catch(() => buyingRead.delete(language));
  return reading;
};

/** What the shop says around every page and on its shelves. */
export const useMessages = (): BrowsingMessages => use(SpeechContext).messages;

/** What the shop says from the cart on. */
export const useBuyingMessages = (): BuyingMessages => use(readBuyingMessages(use(SpeechContext).language));

/** The language of the page, and the way to another. */
export const useLanguage = () => {
  const { language, speak } = use(SpeechContext);
  return { language, speak };
};
