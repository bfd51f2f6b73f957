/** Orders, payments and stock in this process, each whole and on a database of its own, for what only the three of them together show. */

import type { Drift, Reconciliation } from '../../contracts/http/reconciliation-api.ts';
import { systemIds } from '../../kit/system-ids.ts';
import { eventually } from '../../kit/testing/condition.ts';
import { anAddress } from '../../order/testing/order-fixtures.ts';
import { startOrderService } from '../../order/testing/running-order-service.ts';
import { startPaymentService } from '../../payment/testing/running-payment-service.ts';
import { startProduct } from '../../product/testing/product-fixtures.ts';

export type Bought = { readonly orderId: string; readonly productId: string };

export const startShopInProcess = async () => {
  const [payment, product] = await Promise.all([startPaymentService(), startProduct()]);
  const order = await startOrderService({
    callees: { payment: { grpc: payment.grpcAddress }, product: { grpc: product.grpcAddress } },
  });
  const staff = await order.staff();
  const customer = await order.customer();
  const ask = async (
    method: 'GET' | 'POST',
    url: string,
    payload?: object,
    headers: Record<string, string> = staff,
  ) => {
    const answer = await order.http.inject({ method, url, headers, ...(payload && { payload }) });
    if (answer.statusCode >= 400) throw new Error(`${method} ${url}: ${answer.statusCode} ${answer.body}`);
    return answer.json();
  };
  const reaches = (
    orderId: string,
    wanted: (order: { status: string; payment: { refunded: { amount: number } } }) => boolean,
  ) =>
    eventually(async () => {
      const found = (await ask('GET', `/orders/${orderId}`)).order;
      if (!wanted(found)) throw new Error(`order ${orderId} is ${JSON.stringify(found)}`);
    });

  return {
    order,
    payment,
    product,
    ask,
    reaches,
    /** One unit of a product of its own, paid by the sandbox. */
    buy: async (token = 'tok_visa'): Promise<Bought> => {
      const productId = await product.create({ price: { amount: 3000, currency: 'USD' }, stock: 10 });
      const body = {
        shippingAddress: anAddress,
        payment: { method: 'card', token },
        items: [{ productId, quantity: 1 }],
      };
      const headers = { ...customer, 'idempotency-key': systemIds.next('evt') };
      const { order: placed } = await ask('POST', '/orders', body, headers);
      await reaches(placed.id, ({ status }) => status !== 'pending' && status !== 'stock-reserved');
      return { orderId: placed.id, productId };
    },
    /** A reconciliation from its beginning to its end, and all that it found. */
    reconcile: async (repair = false): Promise<{ reconciliation: Reconciliation; drifts: Drift[] }> => {
      const { reconciliation: begun } = await ask('POST', '/reconciliations', { repair });
      const at = `/reconciliations/${begun.id}`;
      const reconciliation = await eventually(async () => {
        const found: Reconciliation = (await ask('GET', at)).reconciliation;
        if (found.status !== 'done') throw new Error(`${found.id} is ${found.status}`);
        return found;
      });
      const drifts: Drift[] = [];
      for (let cursor = ''; ; ) {
        const page = await ask('GET', `${at}/drifts?limit=100${cursor && `&cursor=${cursor}`}`);
        drifts.push(...page.items);
        if (page.nextCursor === null) return { reconciliation, drifts };
        cursor = page.nextCursor;
      }
    },
    stop: async () => {
      await order.stop();
      await Promise.all([payment.stop(), product.stop()]);
    },
  };
};

export type ShopInProcess = Awaited<ReturnType<typeof startShopInProcess>>;
