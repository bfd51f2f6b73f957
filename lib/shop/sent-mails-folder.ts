/** What the local platform told of mails that went out: one JSON file a mail, as the topic of SNS is told. */
import path from 'node:path';
import { type SentMail, sentMailSchema } from '../../services/contracts/mails/sent-mail.ts';
import { type MessageFolder, openMessageFolder } from './message-folder.ts';

/** Where, beside the mails of a folder, stands what was told of them. */
export const sentMailsFolderOf = (mailFolder: string): string => path.join(mailFolder, 'told');

export const openSentMailsFolder = (folder: string): MessageFolder<SentMail> =>
  openMessageFolder(folder, (stored) => sentMailSchema.parse(stored));
