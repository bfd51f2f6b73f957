/** What SES tells of a mail that is out, and whose mails must stop by it. Pure. */

export type MailFeedback = {
  readonly mail: { readonly messageId: string; readonly destination: readonly [string] };
} & (
  | { readonly eventType: 'Bounce'; readonly bounce: { readonly bounceType: string } }
  | {
      readonly eventType: 'Complaint';
      readonly complaint: { readonly complaintFeedbackType?: string | null | undefined };
    }
);

/** Reports of a mail that are nobody's complaint about it (RFC 5965 and RFC 6591). */
const noComplaint: ReadonlySet<string> = new Set(['not-spam', 'auth-failure']);

/** Why an address gets no more mails. */
export type StopReason = 'bounced' | 'complained';

export type Stop = {
  readonly address: string;
  readonly because: StopReason;
  /** The sender's name of the mail that it is about. */
  readonly sentAs: string;
};

/** Whose mails must stop; null where none must, such as after a bounce that may not come again. */
export const stopFor = (feedback: MailFeedback): Stop | null => {
  const {
    messageId: sentAs,
    destination: [address],
  } = feedback.mail;
  if (feedback.eventType === 'Bounce')
    return feedback.bounce.bounceType === 'Permanent' ? { address, because: 'bounced', sentAs } : null;
  return noComplaint.has(feedback.complaint.complaintFeedbackType ?? '')
    ? null
    : { address, because: 'complained', sentAs };
};
