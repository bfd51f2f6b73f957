import type { SiteWords } from '../../site-kit/messages/site-words.tsx';

/** What the console says of itself and of the states of its pages. Staff read English; numbers and dates are written as they write them. */
export const siteWords: SiteWords = {
  name: 'CloudMart console',
  tagline: 'the shop as its staff see it',
  locale: navigator.languages.find((tag) => tag === 'en' || tag.startsWith('en-')) ?? 'en',
  states: {
    loading: 'Loading',
    retry: 'Try again',
    offline: 'You are offline',
    offlineText: 'What is shown may be old. The page goes on by itself once you are connected.',
    offlineRetry: 'Try again once you are connected.',
    slow: 'The shop does not answer. Asking again; what is shown may be old.',
    busy: (when = 'in a moment') => `Too many requests at once. Asking again ${when}.`,
    failed: 'The shop does not answer',
    failedText: 'Nothing was changed by looking. If it stays so, `npx cloudmart status` says what runs.',
    tooMany: 'Too many requests',
    tooManyText: (when) => (when === undefined ? 'Wait a moment, then try again.' : `Try again ${when}.`),
    missing: 'There is nothing here',
    missingText: 'The address is wrong, or what it was about is gone.',
    home: 'To the orders',
    reference: (id: string) => `Trace ${id}`,
    broken: 'Something broke on this page',
    brokenText: 'Loading it again helps where a new version came meanwhile.',
    reload: 'Load again',
  },
};
