/** The reader's language, and how prices and dates are written in it. */
import { createContext, type ReactNode, use, useMemo } from 'react';
import type { Money } from '../../contracts/http/values.ts';
import { english, type Messages } from './english.ts';

export const languages = { en: 'English' } as const;
export type Language = keyof typeof languages;

type Spoken = {
  readonly language: Language;
  /** BCP 47 tag by which numbers and dates are written: the reader's own where it is of the language of the page. */
  readonly locale: string;
  readonly messages: Messages;
};

const Speech = createContext<Spoken>({ language: 'en', locale: 'en', messages: english });

/** What the browser asks for, as far as the shop speaks it. */
export const localeOf = (language: Language): string =>
  navigator.languages.find((tag) => tag === language || tag.startsWith(`${language}-`)) ?? language;

export const LanguageProvider = ({ children }: { readonly children: ReactNode }) => {
  const spoken = useMemo(() => ({ language: 'en' as const, locale: localeOf('en'), messages: english }), []);
  return <Speech value={spoken}>{children}</Speech>;
};

/** All the shop says. */
export const useMessages = (): Messages => use(Speech).messages;

/** Prices and dates as the reader writes them. Currencies have as many decimals as they have. */
export const useFormats = () => {
  const { locale } = use(Speech);
  return useMemo(() => {
    const dates = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
    const numbers = new Intl.NumberFormat(locale);
    return {
      locale,
      money: ({ amount, currency }: Money): string => {
        const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
        return format.format(amount / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
      },
      date: (at: string): string => dates.format(new Date(at)),
      number: (value: number): string => numbers.format(value),
    };
  }, [locale]);
};
