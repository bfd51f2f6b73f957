/** A message about an account as a mail: never a word that somebody else chose, because the address may be a stranger's. */

import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { Mail } from '../../kit/mail/mail-sender.ts';
import type { AccountMessage } from '../domain/account-message.ts';
import { frameMail } from './mail-frame.ts';
import type { Shop } from './render-mail.ts';

type Wording = {
  readonly subject: string;
  readonly paragraphs: readonly string[];
  readonly link?: { readonly label: string; readonly page: string | undefined };
};

const wordingOf = ({ kind }: AccountMessage, { name, verifyPage, resetPage }: Shop): Wording => {
  switch (kind) {
    case 'verify-address':
      return {
        subject: `Welcome to ${name}`,
        paragraphs: [
          `An account at ${name} was made with this address. Please show that the address is yours.`,
          'If it was not you, leave this mail alone: nobody can prove the address without it.',
        ],
        link: { label: 'This address is mine', page: verifyPage },
      };
    case 'reset-password':
      return {
        subject: 'Set a new password',
        paragraphs: [
          `Somebody asked for a new password for your account at ${name}. It can be set once, within 30 minutes.`,
          'If it was not you, nothing has changed, and you need not do anything.',
        ],
        link: { label: 'Set a new password', page: resetPage },
      };
    case 'password-changed':
      return {
        subject: 'Your password was changed',
        paragraphs: [
          `The password of your account at ${name} was changed.`,
          'If it was not you, set a new one at once: choose "forgot password" where you sign in.',
        ],
      };
    case 'account-deleted':
      return {
        subject: 'Your account was deleted',
        paragraphs: [
          `Your account at ${name} was deleted, as you asked.`,
          'Orders stay in our books as long as the law asks. You can make a new account with this address at any time.',
        ],
      };
  }
};

const codeOf = (token: string) => ({
  text: [`Your code: ${token}`, ''],
  html: `<p>Your code: <code style="overflow-wrap:anywhere">${escapeHtml(token)}</code></p>\n`,
});

export const renderAccountMail = (message: AccountMessage, shop: Shop): Mail => {
  const { subject, paragraphs, link } = wordingOf(message, shop);
  const { token } = message;
  const href = token && link?.page?.replace('{token}', encodeURIComponent(token));
  return frameMail({
    shopName: shop.name,
    subject,
    greeting: 'Hello,',
    paragraphs,
    details: token && !href ? codeOf(token) : undefined,
    link: link && href ? { label: link.label, href } : undefined,
  });
};
