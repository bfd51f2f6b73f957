import { staffDoors } from '../../contracts/http/accounts/staff-doors.ts';
import { productDoors } from '../../contracts/http/catalogue/product-doors.ts';
import { createDoorClient } from '../../contracts/http/client.ts';
import { orderDoors } from '../../contracts/http/order-doors.ts';
import { paymentDoors } from '../../contracts/http/payment-doors.ts';
import { reconciliationDoors } from '../../contracts/http/reconciliation-doors.ts';
import { openDoors } from '../../site-kit/api/reader.ts';

/** The doors of the shop that the console opens beside the session's. */
export const shop = openDoors((reader) => ({
  orders: createDoorClient(orderDoors, reader),
  payments: createDoorClient(paymentDoors, reader),
  products: createDoorClient(productDoors, reader),
  reconciliations: createDoorClient(reconciliationDoors, reader),
  staff: createDoorClient(staffDoors, reader),
}));
