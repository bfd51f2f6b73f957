import { escapeHtml } from '../../kit/mail/escape-html.ts';
import type { Mail } from '../../kit/mail/mail-sender.ts';
import type { ReminderMessage } from '../domain/reminder-message.ts';
import { frameMail, quiet } from './mail-frame.ts';
import type { Shop } from './render-mail.ts';

/**
 * A reminder as a mail: the way to the cart, which stays behind the sign-in, and the ways to get no more of these. Null where the shop
 * has none of the latter.
 */
export const renderReminder = ({ token }: ReminderMessage, shop: Shop): Mail | null => {
  const { name, cartPage, unsubscribePage, unsubscribeDoor } = shop;
  if (!unsubscribePage || !unsubscribeDoor) return null;
  const filled = (address: string) => address.replace('{token}', encodeURIComponent(token));
  const stop = filled(unsubscribePage);
  const why = `You get this because you asked ${name} for reminders of your cart.`;
  return {
    ...frameMail({
      shopName: name,
      subject: 'Your cart is waiting',
      greeting: 'Hello,',
      paragraphs: [
        `What you put into your cart at ${name} is still there. Nothing is kept aside for you, and prices may change until you order.`,
      ],
      link: cartPage ? { label: 'Go to your cart', href: cartPage } : undefined,
      notes: {
        text: [why, `No more reminders: ${stop}`, ''],
        html: `<p class="quiet" style="${quiet}">${escapeHtml(why)} <a href="${escapeHtml(stop)}" style="color:inherit">No more reminders</a></p>\n`,
      },
    }),
    // RFC 2369 and RFC 8058: mail programs show a button of their own, and post to the address without asking for more.
    headers: {
      'List-Unsubscribe': `<${filled(unsubscribeDoor)}>`,
      'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    },
  };
};
