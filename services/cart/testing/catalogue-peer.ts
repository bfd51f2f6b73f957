import { createServer } from 'nice-grpc';
import { ProductServiceDefinition } from '../../contracts/generated/cloudmart/product/v1/product.ts';
import { Refusal } from '../../kit/values/refusal.ts';

export type PeerProduct = { id: string; title: string; price: { amount: number; currency: string }; stock: number };

const notNeeded = async (): Promise<never> => {
  throw new Refusal('forbidden', 'peer.not-needed', 'carts read products and do nothing else');
};

/** Another process as the cart sees it: a real gRPC server that knows some products and can be stopped and started again. */
export const startCataloguePeer = async () => {
  const products = new Map<string, PeerProduct>();
  let asked = 0;
  const open = async (port: number) => {
    const server = createServer();
    server.add(ProductServiceDefinition, {
      getProducts: async ({ ids }) => {
        asked += 1;
        return { products: ids.flatMap((id) => products.get(id) ?? []) };
      },
      reserveStock: notNeeded,
      commitStock: notNeeded,
      releaseStock: notNeeded,
      takeBackStock: notNeeded,
      findReservations: notNeeded,
      listReservations: notNeeded,
      listStockDrifts: notNeeded,
    });
    return { server, port: await server.listen(`127.0.0.1:${port}`) };
  };
  let running: Awaited<ReturnType<typeof open>> | undefined = await open(0);
  const { port } = running;
  return {
    address: `127.0.0.1:${port}`,
    products,
    /** How often products were asked for. */
    asked: () => asked,
    stop: async () => {
      running?.server.forceShutdown();
      running = undefined;
    },
    start: async () => {
      running = await open(port);
    },
  };
};
