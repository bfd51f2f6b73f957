import { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import { mailDoors } from '../../contracts/http/accounts/mail-doors.ts';
import { cartDoors } from '../../contracts/http/cart-doors.ts';
import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import { createDoorClient } from '../../contracts/http/client.ts';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import { openDoors } from '../../site-kit/api/reader.ts';
import { sessionGate } from './session-gate.ts';

const doors = openDoors((reader) => ({
  accounts: createDoorClient(accountDoors, reader),
  cart: createDoorClient(cartDoors, reader),
  mails: createDoorClient(mailDoors, reader),
  orders: createDoorClient(orderDoors, reader),
  products: createDoorClient(productDoors, reader),
}));

/**
 * The doors that these pages open beside the session's, and no others: every first load brings them along. While a reader whose session
 * ended decides how to go on, nothing is asked: the shop would answer a guest.
 */
export const shop = async () => {
  await sessionGate.passed();
  return doors();
};
