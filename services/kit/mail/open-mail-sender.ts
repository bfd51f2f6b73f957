import type { MailSender } from './mail-sender.ts';

/** Opens the sender that MAIL_URL names: `ses:` or `folder:/path`. */
export const openMailSender = async (url: string): Promise<MailSender> => {
  if (url === 'ses:') return (await import('./ses-mail-sender.ts')).createSesMailSender();
  const folder = /^folder:(.+)$/.exec(url)?.[1];
  if (!folder) throw new Error(`MAIL_URL "${url}" names no mail sender; use ses: or folder:/path`);
  return (await import('./folder-mail-sender.ts')).createFolderMailSender(folder);
};
