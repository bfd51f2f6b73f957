import type { Order } from '../../contracts/http/order-api.ts';
import { anEvent, type SampleType } from '../../contracts/testing/order-events.ts';
import { messageFor } from '../domain/message.ts';

/** What an event of an order is told its customer as. */
export const aMessage = (type: SampleType, order: Order, name?: string) => {
  const message = messageFor(anEvent(type, order, name));
  if (!message) throw new Error(`${type} is nobody's mail`);
  return message;
};
