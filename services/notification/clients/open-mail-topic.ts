import type { MailTopic } from './mail-topic.ts';

/** Opens what SENT_MAILS_URL names: `sns:<ARN of a topic>` or `folder:/path`. */
export const openMailTopic = async (url: string): Promise<MailTopic> => {
  const [, kind, place] = /^(sns|folder):(.+)$/.exec(url) ?? [];
  if (!place) throw new Error(`SENT_MAILS_URL "${url}" names no topic; use sns:<ARN of a topic> or folder:/path`);
  return kind === 'sns'
    ? (await import('./sns-mail-topic.ts')).createSnsMailTopic(place)
    : (await import('./folder-mail-topic.ts')).createFolderMailTopic(place);
};
