/** Nobody here can look at it; the message is the reason. No fault of the release, and no proof of it either. */
export class NotObservable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NotObservable';
  }
}

/** Whether the confirmation of an order went out. Throws {@link NotObservable} where mails cannot be looked at. */
export type WasMailed = (orderId: string, email: string) => Promise<boolean>;
