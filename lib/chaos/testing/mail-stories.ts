/** Stories of mails, apart from the others: a shop that drops the service of mails drops them, too. */
import { anOrder } from '../../../services/contracts/testing/order-events.ts';
import { renderMail } from '../../../services/notification/templates/render-mail.ts';
import { startMailTables } from '../../../services/notification/testing/mail-tables.ts';
import { aMessage } from '../../../services/notification/testing/sample-message.ts';
import { sendOnce } from '../../../services/notification/use-cases/send-once.ts';
import { confirmationId, openMailFolder } from '../../shop/mail-folder.ts';
import type { InvariantVerdict } from '../invariants.ts';
import { type Judgement, judgeStory } from './judge-story.ts';
import { openPurchaseRoom } from './purchase-room.ts';
import { placed } from './purchase-stories.ts';

/** Longer than a claim of a mail lasts. */
const CLAIM_MS = 21_000;

/** A mail goes out, its sender is killed before it can note that, and another one takes the claim over. */
const lostAnswerOfMail = async (judgement: Judgement) => {
  const [room, mails] = await Promise.all([openPurchaseRoom(), startMailTables()]);
  try {
    const orderId = await placed(room, await room.offer(5));
    await room.drive(orderId);
    const message = { ...aMessage('order.paid.v1', anOrder(1)), notificationId: confirmationId(orderId) };
    const { sentLog, sender, clock, recipients } = mails;
    const limits = { unpaid: 3, paid: 0, unproved: 6 };
    const parts = {
      sentLog,
      clock,
      recipients,
      limits,
      from: 'orders@example.com',
      readProblem: () => 'unsure' as const,
    };
    const killed: typeof sender = {
      ...sender,
      send: async (mail) => {
        await sender.send(mail);
        throw new Error('killed');
      },
    };
    const mail = renderMail(message, { name: 'CloudMart' });
    await sendOnce({ ...parts, sender: killed }, message, mail);
    clock.advance(CLAIM_MS);
    await sendOnce({ ...parts, sender }, message, mail);
    const list = openMailFolder(mails.folder);
    return await judgeStory(room.facts({ mails: () => list.list() }), judgement);
  } finally {
    await Promise.all([room.close(), mails.stop()]);
  }
};

/** Each by its planted bug. */
export const mailStories = { 'mail-sent-again-unasked': lostAnswerOfMail } as const satisfies Readonly<
  Record<string, (judgement: Judgement) => Promise<InvariantVerdict[]>>
>;
