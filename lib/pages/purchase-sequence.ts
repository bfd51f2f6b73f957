/**
 * The purchase as a sequence diagram. Whatever it names must be declared: calls and topics by manifests, methods and events
 * by contracts.
 */
import { topics } from '../../services/contracts/events/topics.ts';
import { OrderServiceDefinition } from '../../services/contracts/generated/cloudmart/order/v1/order.ts';
import { PaymentServiceDefinition } from '../../services/contracts/generated/cloudmart/payment/v1/payment.ts';
import { ProductServiceDefinition } from '../../services/contracts/generated/cloudmart/product/v1/product.ts';
import { actsOn, type ServiceManifest } from '../../services/kit/manifest.ts';
import { sentMailsOf } from '../services.ts';

/** Who begins it all; no service. */
const CUSTOMER = 'customer';

export type SequenceStep =
  | { readonly from: string; readonly to: string; readonly rpc: string; readonly says?: string }
  | { readonly from: string; readonly to: string; readonly http: string; readonly says?: string }
  /** An event of the owner of its topic, with those readers that the purchase is about. */
  | { readonly event: string; readonly readers: readonly string[]; readonly says?: string }
  /** What a service does by itself. */
  | { readonly at: string; readonly does: string };

/** A shop may do without. */
const mailersOf = (services: readonly ServiceManifest[]): readonly string[] => {
  const mails = sentMailsOf(services);
  return mails ? [mails.service] : [];
};

/** `services/order/use-cases/place-order.ts` and `process-order.ts`, with what their events cause. */
export const purchaseSteps = (services: readonly ServiceManifest[]): readonly SequenceStep[] => [
  { from: CUSTOMER, to: 'api-gateway', http: 'POST /api/v1/orders', says: 'Idempotency-Key' },
  { from: 'api-gateway', to: 'order', rpc: 'PlaceOrder' },
  { from: 'order', to: 'cart', http: 'GET /cart' },
  { from: 'order', to: 'product', rpc: 'GetProducts', says: 'prices of now' },
  { at: 'order', does: 'one statement: events, order, outbox, answer to the key' },
  { from: 'api-gateway', to: CUSTOMER, http: '201', says: 'pending, or the outcome where it is there within a moment' },
  { event: 'order.placed.v1', readers: ['order'], says: 'a second cause beside the commit' },
  { event: 'order.placed.v1', readers: ['cart'], says: 'the cart is checked out' },
  { from: 'order', to: 'product', rpc: 'ReserveStock', says: 'and sell: the database refuses to oversell' },
  { event: 'inventory.reserved.v1', readers: ['order'], says: 'an answer lost on the way is learnt here' },
  { from: 'order', to: 'payment', rpc: 'Authorise', says: 'with the goods in hand, and the money is taken at once' },
  { event: 'payment.captured.v1', readers: ['order'], says: 'and here' },
  { at: 'order', does: 'paid' },
  ...mailersOf(services).map((mailer) => ({ event: 'order.paid.v1', readers: [mailer], says: 'one mail' })),
];

const definitions = [OrderServiceDefinition, PaymentServiceDefinition, ProductServiceDefinition];

/** `cloudmart.product.v1.ProductService` -> `product`. */
const methods = new Map(
  definitions.map(({ fullName, methods: all }) => [
    fullName.split('.')[1],
    new Set(Object.values(all).map(({ name }) => name)),
  ]),
);

const topicOf = (event: string): string => {
  const found = Object.entries(topics).find(([, { schema }]) =>
    (schema.options as readonly { shape: { type: { value: string } } }[]).some(
      ({ shape }) => shape.type.value === event,
    ),
  );
  if (!found) throw new Error(`the purchase tells "${event}", which no topic of services/contracts/events describes`);
  return found[0];
};

const sequenceLine = (step: SequenceStep, services: readonly ServiceManifest[]): string[] => {
  const named = (name: string) => {
    const found = services.find((service) => service.name === name);
    if (!found) throw new Error(`the purchase names "${name}", which is no service`);
    return found;
  };
  if ('does' in step) return [`  Note over ${named(step.at).name}: ${step.does}`];
  const says = step.says ? `, ${step.says}` : '';
  if ('event' in step) {
    const topic = topicOf(step.event);
    const owner = services.find(({ publishes }) => Object.hasOwn(publishes, topic));
    if (!owner) throw new Error(`the purchase tells "${step.event}", but no service publishes ${topic}`);
    return step.readers.map((reader) => {
      if (!actsOn(named(reader), topic, step.event))
        throw new Error(`the purchase tells ${reader} of "${step.event}", but it does not act on it`);
      return `  ${owner.name}--)${reader}: ${step.event}${says}`;
    });
  }
  const isAnswer = step.to === CUSTOMER;
  const isPublic = !isAnswer && named(step.to).public && step.from === CUSTOMER;
  if (!isAnswer && !isPublic && !named(step.from).calls.includes(step.to))
    throw new Error(`the purchase lets ${step.from} call ${step.to}, which its manifest does not declare`);
  if ('rpc' in step && !methods.get(step.to)?.has(step.rpc))
    throw new Error(`the purchase calls ${step.rpc} of ${step.to}, which services/contracts/proto does not have`);
  return [`  ${step.from}${isAnswer ? '-->>' : '->>'}${step.to}: ${'rpc' in step ? step.rpc : step.http}${says}`];
};

/** The diagram as Mermaid. Throws one sentence for a step that manifests and contracts do not know. */
export const purchaseSequence = (services: readonly ServiceManifest[], steps = purchaseSteps(services)): string => {
  const lines = steps.flatMap((step) => sequenceLine(step, services));
  const order = ['api-gateway', 'order', 'cart', 'product', 'payment', ...mailersOf(services)];
  const taking = order.filter((name) => lines.some((line) => line.includes(name)));
  return [
    '```mermaid',
    'sequenceDiagram',
    `  actor ${CUSTOMER}`,
    ...taking.map((name) => `  participant ${name}`),
    ...lines,
    '```',
  ].join('\n');
};
