import { useEffect } from 'react';
import { useMessages } from '../messages/language.tsx';

/** Names the page in the window and in the history, as `text: shop`; without a text the shop with what it is. */
export const PageTitle = ({ text }: { readonly text?: string }) => {
  const { shop } = useMessages();
  const title = text === undefined ? `${shop.name}: ${shop.tagline}` : `${text}: ${shop.name}`;
  useEffect(() => {
    document.title = title;
  }, [title]);
  return null;
};
