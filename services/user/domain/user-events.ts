import type { UserEvent } from '../../contracts/events/user-events.ts';

/** What happened to one account, before it has an envelope. */
export type Happening = {
  [Type in UserEvent['type']]: { readonly type: Type; readonly data: Omit<DataOf<Type>, 'userId'> };
}[UserEvent['type']];
type DataOf<Type> = Extract<UserEvent, { type: Type }>['data'];

export type Envelope = {
  readonly id: string;
  readonly userId: string;
  /** One more than that of the account's last event. */
  readonly sequence: number;
  readonly at: Date;
};

/** Puts a happening into its CloudEvent. */
export const userEvent = ({ type, data }: Happening, { id, userId, sequence, at }: Envelope): UserEvent =>
  ({
    specversion: '1.0',
    id,
    source: 'user',
    type,
    subject: userId,
    time: at.toISOString(),
    datacontenttype: 'application/json',
    data: { userId, ...data },
    sequence,
  }) as UserEvent;
