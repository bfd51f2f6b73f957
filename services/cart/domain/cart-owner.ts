import { isId } from '../../kit/values/identifiers.ts';

/** Whose cart it is: a user's, or that of an anonymous session. */
export type CartOwner =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'session'; readonly id: string };

export const userOwner = (id: string): CartOwner => ({ kind: 'user', id });
export const sessionOwner = (id: string): CartOwner => ({ kind: 'session', id });

/** Reads the owner from an event (`usr_...` or `ses_...`); undefined for anything else. */
export const ownerOf = (id: string): CartOwner | undefined => {
  if (isId('usr', id)) return userOwner(id);
  return isId('ses', id) ? sessionOwner(id) : undefined;
};
