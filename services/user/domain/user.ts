export type Role = 'customer' | 'staff' | 'admin';

/** An account; the e-mail address is lower case and unique. */
export type User = {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  /** Whether the owner of the mailbox has shown that the address is his. */
  readonly emailVerified: boolean;
  /** Whether the customer agreed to be written to about a cart that waits. */
  readonly cartReminders: boolean;
};

/** An account with what proves its owner; never leaves the service. */
export type UserWithPassword = User & {
  /** PHC string, https://github.com/P-H-C/phc-string-format. */
  readonly passwordHash: string;
};
