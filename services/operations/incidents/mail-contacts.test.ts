import { expect, test } from '@jest/globals';
import { MailRefused, SenderAway } from '../../kit/mail/mail-sender.ts';
import { createLogger } from '../../kit/telemetry/logger.ts';
import { createMailContacts } from './mail-contacts.ts';

const words = {
  ...{ name: 'inc_1:opened', about: 'inc_1', subject: 'Carts are empty' },
  ...{ lines: ['Look'], nextSteps: [], keywords: [] },
};

/** Contacts whose mails the sender meets with what is given for each address. */
const contactsWith = (problems: Readonly<Record<string, Error>>) => {
  const sent: string[] = [];
  const contacts = createMailContacts({
    sender: {
      send: async ({ to }) => {
        const problem = problems[to];
        if (problem) throw problem;
        sent.push(to);
        return to;
      },
      findSent: async () => 'not-sent',
    },
    from: 'shop@shop.example',
    to: ['first@shop.example', 'second@shop.example'],
    logger: createLogger('operations', 'silent'),
  });
  return { contacts, sent };
};

test('an address that the sender refuses keeps nobody else from being told', async () => {
  const { contacts, sent } = contactsWith({ 'first@shop.example': new MailRefused('suppressed') });
  expect(await contacts.tell(words)).toEqual(['second@shop.example']);
  expect(sent).toEqual(['second@shop.example']);
});

test('where nobody can be told the mail fails, to be tried again', async () => {
  const away = new SenderAway('SES is away');
  const { contacts } = contactsWith({ 'first@shop.example': new MailRefused('no'), 'second@shop.example': away });
  await expect(contacts.tell(words)).rejects.toThrow('SES is away');
});
