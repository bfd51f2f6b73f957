/** Table, as a manifest declares it, with the notes of sent mails; `cloudmart verify` reads it, so whoever deploys must be allowed to. */
export const SENT_MAILS_TABLE = 'notifications';
