import { useEffect } from 'react';
import { useSiteWords } from '../messages/site-words.tsx';

/** Names the page in the window and in the history, as `text: site`; without a text the site with what it is. */
export const PageTitle = ({ text }: { readonly text?: string }) => {
  const { name, tagline } = useSiteWords();
  const title = text === undefined ? `${name}: ${tagline}` : `${text}: ${name}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
};
