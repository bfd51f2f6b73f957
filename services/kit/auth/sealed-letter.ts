/**
 * What a service hands to the mail function by an event that others can read too: to whom a mail goes, and the token of its link.
 * Sealed under a secret that only these two have, and for one account and one mail, so that neither an address nor a key lies
 * readable in the log, in dead letters, or among the mails that wait.
 */
import * as z from 'zod';
import type { RotatingSecret } from './rotating-secret.ts';
import { open, seal } from './sealed-box.ts';

const letterSchema = z.object({ to: z.string(), token: z.string().optional() });

/** `to`: the recipient; `token`: of the link, where the mail has one. */
export type Letter = z.output<typeof letterSchema>;

export type LetterPlace = { readonly userId: string; readonly mail: string };

const purposeOf = ({ userId, mail }: LetterPlace) => `letter ${mail} to ${userId}`;

/** What a letter says; undefined when it was sealed under another secret or for another mail, or is damaged. */
export const readLetter = (secret: string, place: LetterPlace, sealed: string): Letter | undefined => {
  const content = open(secret, purposeOf(place), Buffer.from(sealed, 'base64url'));
  return content && letterSchema.parse(JSON.parse(content.toString()));
};

/** Seals a letter as base64url. */
export const sealLetter = (secret: string, place: LetterPlace, letter: Letter): string =>
  seal(secret, purposeOf(place), Buffer.from(JSON.stringify(letter))).toString('base64url');

/**
 * Opens a letter. Throws when it was sealed under a secret that does not count, or for another mail, or is damaged.
 * @public A shop without mails seals letters that nobody opens.
 */
export const openLetter = async (
  secret: Pick<RotatingSecret, 'accept'>,
  place: LetterPlace,
  sealed: string,
): Promise<Letter> => {
  const letter = await secret.accept((value) => readLetter(value, place, sealed));
  if (!letter) throw new Error(`the letter to ${place.userId} does not open with this MAIL_SEAL_SECRET`);
  return letter;
};
