/** Mails that the local platform "sent": one JSON file each in a folder, written by whoever sends, read here. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { LRUCache } from 'lru-cache';

export type StoredMail = {
  /** Name of the file without its ending. */
  readonly id: string;
  /** What it tells of, `<order>:order-confirmed`. */
  readonly notificationId: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly sentAt: string;
};

export type MailSummary = Omit<StoredMail, 'text' | 'html'>;

export type MailFolder = {
  /** Newest first. Files that are no mails are passed over. */
  list(options?: { readonly to?: string; readonly limit?: number }): Promise<MailSummary[]>;
  read(id: string): Promise<StoredMail | undefined>;
  count(): Promise<number>;
};

const ENDING = '.json';

/** What the mail is called that confirms an order. */
export const confirmationId = (orderId: string): string => `${orderId}:order-confirmed`;

/** Name of the file of a mail, as the notification function gives it: one mail for each thing to tell. */
export const mailIdOf = (notificationId: string): string => notificationId.replaceAll(':', '.');

const DEFAULT_LIMIT = 100;
// Summaries that are kept so that looking for an address does not read thousands of files again.
const KEPT_SUMMARIES = 20_000;

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');

const parseMail = (id: string, content: string): StoredMail | undefined => {
  try {
    const { notificationId, from, to, subject, text, html, sentAt } = JSON.parse(content) as Record<string, unknown>;
    const recipients = Array.isArray(to) ? to.map(textOf) : [textOf(to)];
    return {
      id,
      notificationId: textOf(notificationId),
      from: textOf(from),
      to: recipients,
      subject: textOf(subject),
      text: textOf(text),
      html: textOf(html),
      sentAt: textOf(sentAt),
    };
  } catch {
    return undefined;
  }
};

/** Opens a folder of mails; it may be filled and even made later. */
export const openMailFolder = (folder: string): MailFolder => {
  const summaries = new LRUCache<string, MailSummary>({ max: KEPT_SUMMARIES });

  const read = async (id: string) => {
    const content = await readFile(path.join(folder, `${id}${ENDING}`), 'utf8').catch(() => undefined);
    return content === undefined ? undefined : parseMail(id, content);
  };

  const ids = async () =>
    (await readdir(folder).catch(() => []))
      .filter((name) => name.endsWith(ENDING))
      .map((name) => name.slice(0, -ENDING.length));

  const summaryOf = async (id: string) => {
    const known = summaries.get(id);
    if (known) return known;
    const mail = await read(id);
    if (!mail) return undefined;
    const { text: _text, html: _html, ...summary } = mail;
    summaries.set(id, summary);
    return summary;
  };

  return {
    list: async ({ to, limit = DEFAULT_LIMIT } = {}) => {
      const all: MailSummary[] = [];
      for (const id of await ids()) {
        const summary = await summaryOf(id);
        if (summary && (to === undefined || summary.to.includes(to))) all.push(summary);
      }
      return all.sort((a, b) => b.sentAt.localeCompare(a.sentAt)).slice(0, limit);
    },
    // A name from outside must not lead out of the folder.
    read: async (id) => (/^[\w.@:-]{1,200}$/.test(id) && !id.startsWith('.') ? read(id) : undefined),
    count: async () => (await ids()).length,
  };
};
