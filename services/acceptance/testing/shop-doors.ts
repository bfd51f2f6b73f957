/** Every door that the gateway opens, from the tables that it opens them from. */
import { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import { mailDoors } from '../../contracts/http/accounts/mail-doors.ts';
import { sessionDoors } from '../../contracts/http/accounts/session-doors.ts';
import { staffDoors } from '../../contracts/http/accounts/staff-doors.ts';
import { apiPrefix } from '../../contracts/http/api-prefix.ts';
import { assistantDoors } from '../../contracts/http/assistant-doors.ts';
import { cartDoors } from '../../contracts/http/cart-doors.ts';
import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import { keyDoors, siteDoors } from '../../contracts/http/discovery-doors.ts';
import type { Door, Doors } from '../../contracts/http/door.ts';
import { operationsDoors } from '../../contracts/http/operations/operations-doors.ts';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import { paymentDoors } from '../../contracts/http/payment-doors.ts';
import { reconciliationDoors } from '../../contracts/http/reconciliation-doors.ts';
import { webhookDoors } from '../../contracts/http/webhook-doors.ts';

export type OpenDoor = Door & {
  /** `orderDoors.find`. */
  readonly name: string;
  /** Whole path, `/api/v1/orders/:id`. */
  readonly at: string;
};

const below = (prefix: string, table: string, doors: Doors): OpenDoor[] =>
  Object.entries(doors).map(([name, door]) => ({ ...door, name: `${table}.${name}`, at: `${prefix}${door.path}` }));

export const shopDoors: readonly OpenDoor[] = [
  ...below(apiPrefix, 'accountDoors', accountDoors),
  ...below(apiPrefix, 'cartDoors', cartDoors),
  ...below(apiPrefix, 'mailDoors', mailDoors),
  ...below(apiPrefix, 'operationsDoors', operationsDoors),
  ...below(apiPrefix, 'orderDoors', orderDoors),
  ...below(apiPrefix, 'paymentDoors', paymentDoors),
  ...below(apiPrefix, 'productDoors', productDoors),
  ...below(apiPrefix, 'reconciliationDoors', reconciliationDoors),
  ...below(apiPrefix, 'sessionDoors', sessionDoors),
  ...below(apiPrefix, 'staffDoors', staffDoors),
  ...below(apiPrefix, 'webhookDoors', webhookDoors),
  ...below('', 'assistantDoors', assistantDoors),
  ...below('', 'keyDoors', keyDoors),
  ...below('', 'siteDoors', siteDoors),
];
