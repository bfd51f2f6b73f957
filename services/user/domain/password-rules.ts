import { commonPasswords } from './common-passwords.ts';
import { passwordTooCommon } from './user-refusals.ts';

/** Refuses a password that a stranger guesses early. Length is the contract's business; composition rules help nobody. */
export const requireUncommonPassword = (password: string, email: string): void => {
  // Folded as passwords are before they are hashed: full-width letters are another way to type the same.
  const guess = password.normalize('NFKC').toLowerCase();
  if (commonPasswords.has(guess) || guess === email.toLowerCase()) throw passwordTooCommon();
};
