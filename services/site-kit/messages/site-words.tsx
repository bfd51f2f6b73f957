/** What every site says of itself and of the states of its pages, each in its own words and in its reader's language. */
import { createContext, use, useMemo } from 'react';
import { formatsOf } from './formats.ts';

/** What stands where a page cannot show what it is about. */
export type StateWords = {
  readonly loading: string;
  readonly retry: string;
  readonly offline: string;
  readonly offlineText: string;
  /** What to do about something that was wanted while nobody was connected. */
  readonly offlineRetry: string;
  readonly slow: string;
  /** `when` is told where the shop says it, such as `in 12 seconds`. */
  readonly busy: (when?: string) => string;
  readonly failed: string;
  readonly failedText: string;
  readonly tooMany: string;
  readonly tooManyText: (when?: string) => string;
  readonly missing: string;
  readonly missingText: string;
  /** The way to the first page. */
  readonly home: string;
  /** Trace id of what failed, to be told to whoever looks for it. */
  readonly reference: (id: string) => string;
  readonly broken: string;
  readonly brokenText: string;
  readonly reload: string;
};

export type SiteWords = {
  readonly name: string;
  /** What the site is, in a few words. */
  readonly tagline: string;
  readonly states: StateWords;
  /** BCP 47 tag by which numbers and dates are written. */
  readonly locale: string;
};

const WordsContext = createContext<SiteWords | undefined>(undefined);

/** Gives the pages below the words of their site. */
export const SiteWordsProvider = WordsContext.Provider;

/** The words of the site. Throws outside of {@link SiteWordsProvider}. */
export const useSiteWords = (): SiteWords => {
  const words = use(WordsContext);
  if (!words) throw new Error('these pages stand in no SiteWordsProvider; put one around the router');
  return words;
};

/** Prices and dates as the reader writes them. Currencies have as many decimals as they have. */
export const useFormats = () => {
  const { locale } = useSiteWords();
  return useMemo(() => formatsOf(locale), [locale]);
};
