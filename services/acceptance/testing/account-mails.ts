/** What accounts are mailed; in a shop that dropped its mails, what accounts hand over to be mailed. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type * as z from 'zod';
import { readSecrets } from '../../../lib/local/secrets.ts';
import { userMailRequestedV1 } from '../../contracts/events/user-events.ts';
import { readLetter } from '../../kit/auth/sealed-letter.ts';
import { eventually } from '../../kit/testing/condition.ts';
import type { RunningPlatform } from '../../kit/testing/running-platform.ts';

/** What the mails with a code say, and no other. */
const sentences = { 'verify-address': 'show that the address is yours', 'reset-password': 'new password' } as const;

type MailWithCode = keyof typeof sentences;

type AccountMail = {
  /** Absent: a mail without a code. */
  readonly kind: MailWithCode | undefined;
  /** As the customer reads it; of one that nobody sends, all that its event and its letter say. */
  readonly text: string;
  /** What its link or its last line carries. */
  readonly code: string | undefined;
};

const kinds = Object.keys(sentences) as MailWithCode[];

const sentMails = async (folder: string, to: string): Promise<readonly AccountMail[]> => {
  const mails = path.join(folder, 'mail');
  const files = (await readdir(mails).catch(() => [])).filter((name) => name.endsWith('.json'));
  const read = await Promise.all(files.map((name) => readFile(path.join(mails, name), 'utf8')));
  return read
    .map((text) => JSON.parse(text) as { to: string; text: string; sentAt: string })
    .filter((mail) => mail.to === to)
    .toSorted((one, other) => one.sentAt.localeCompare(other.sentAt))
    .map(({ text }) => ({
      kind: kinds.find((kind) => text.includes(sentences[kind])),
      text,
      code: /(?:Your code: |#)([\w-]{43})/.exec(text)?.[1],
    }));
};

type MailRequested = z.output<typeof userMailRequestedV1>;

/** Opens the letters in the event log as a mail function of that shop would. */
const unsentMails = async ({ events, folder }: RunningPlatform, to: string): Promise<readonly AccountMail[]> => {
  const secret = (await readSecrets(folder)).configuration['user']?.['MAIL_SEAL_SECRET'] ?? '';
  const log = new pg.Client({ connectionString: events });
  await log.connect();
  try {
    const { rows } = await log.query<{ value: string }>(
      `SELECT value FROM event_log.records WHERE headers->>'type' = $1 ORDER BY appended_at, "offset"`,
      [userMailRequestedV1.shape.type.value],
    );
    return rows.flatMap(({ value }) => {
      const { letter: sealed, ...data } = (JSON.parse(value) as MailRequested).data;
      const letter = readLetter(secret, data, sealed);
      if (!letter) throw new Error(`the letter to ${data.userId} does not open with the secret of ${folder}`);
      if (letter.to !== to) return [];
      const kind = kinds.find((one) => one === data.mail);
      return [{ kind, text: JSON.stringify({ ...data, ...letter }), code: letter.token }];
    });
  } finally {
    await log.end();
  }
};

/** Mails to an address, oldest first. */
export const mailsTo = (platform: RunningPlatform, to: string): Promise<readonly AccountMail[]> =>
  platform.mailer === undefined ? unsentMails(platform, to) : sentMails(platform.folder, to);

/** The code in the newest mail of that kind to an address. */
export const codeMailedTo = (platform: RunningPlatform, to: string, kind: MailWithCode): Promise<string> =>
  eventually(async () => {
    const code = (await mailsTo(platform, to)).filter((mail) => mail.kind === kind).at(-1)?.code;
    if (!code) throw new Error(`no mail of the kind ${kind} to ${to} holds a code`);
    return code;
  });
