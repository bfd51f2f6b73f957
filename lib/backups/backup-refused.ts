/** A backup that cannot be made, checked or put back for a reason that the person at the keyboard can change. */
export class BackupRefused extends Error {
  /** Stable name of the reason for scripts, such as `backup.damaged`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupRefused';
    this.code = code;
  }
}
