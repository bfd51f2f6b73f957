import type { UserEvent } from '../../contracts/events/user-events.ts';
import type { Letter, LetterPlace } from '../../kit/auth/sealed-letter.ts';
import type { Sql } from '../../kit/storage/database.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Ids } from '../../kit/values/identifiers.ts';
import type { KeyRing } from '../key-ring.ts';
import type { PasswordHasher } from '../password-hasher.ts';
import type { AddressRepository } from '../storage/address-repository.ts';
import type { LoginAttemptRepository } from '../storage/login-attempt-repository.ts';
import type { MailedLinkRepository } from '../storage/mailed-link-repository.ts';
import type { ReminderRepository } from '../storage/reminder-repository.ts';
import type { SessionRepository } from '../storage/session-repository.ts';
import type { UserRepository } from '../storage/user-repository.ts';

/** Everything that the use cases work with; app.ts makes it. */
export type UserEffects = {
  readonly users: UserRepository;
  readonly addresses: AddressRepository;
  readonly sessions: SessionRepository;
  readonly loginAttempts: LoginAttemptRepository;
  readonly mailedLinks: MailedLinkRepository;
  readonly reminders: ReminderRepository;
  readonly passwords: PasswordHasher;
  readonly keyRing: KeyRing;
  readonly transaction: <T>(work: (tx: Sql) => Promise<T>) => Promise<T>;
  /** Adds events to the outbox; they are published when the transaction commits. */
  readonly publish: (tx: Sql, events: readonly UserEvent[]) => Promise<void>;
  /** Seals recipient and token of a mail for the mail function. */
  readonly sealLetter: (place: LetterPlace, letter: Letter) => string;
  /** Counts what happened to log-ins: `accepted`, `refused`, `throttled`. */
  readonly countLogin: (outcome: 'accepted' | 'refused' | 'throttled') => void;
  /** Counts refresh tokens that came back after their successor was used: stolen, or a client with a fault. */
  readonly countReusedToken: () => void;
  readonly clock: Clock;
  readonly ids: Ids;
};
