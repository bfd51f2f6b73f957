/** The tables of the warehouse: one row an event of an order, without what names a person, and one row a record that is no row yet. */
import { createHash } from 'node:crypto';
import { type OrderEvent, orderEventSchema } from '../events/order-events.ts';
import { type LedgerEntry, ledgerEntrySchema } from '../ledger/ledger-entry.ts';

export type ColumnType = 'text' | 'integer' | 'timestamp' | 'date';

export type TableColumn = {
  readonly name: string;
  readonly type: ColumnType;
  /** One sentence for whoever asks the warehouse. */
  readonly description: string;
  /** Whether every row has a value; a column that is added later cannot. Default false. */
  readonly isRequired?: boolean;
};

export type TableShape = {
  readonly name: string;
  /** Column that names a row: of two rows with one name there is one. */
  readonly key: string;
  /** Column of type date by which a large table is divided. */
  readonly dividedBy: string;
  readonly description: string;
  /** Columns are added at the end and never renamed, removed or given another type. */
  readonly columns: readonly TableColumn[];
};

export type RowValue = string | number | null;
export type WarehouseRow = Readonly<Record<string, RowValue>>;

/** One row an event. Amounts are in the smallest unit of their currency, times in UTC. */
export const orderEventsTable: TableShape = {
  name: 'order_events',
  key: 'event_id',
  dividedBy: 'occurred_on',
  description: 'One row an event of an order, as the ledger has it, without names and addresses.',
  columns: [
    { name: 'event_id', type: 'text', isRequired: true, description: 'Names the event.' },
    { name: 'order_id', type: 'text', isRequired: true, description: 'Names the order.' },
    { name: 'sequence', type: 'integer', isRequired: true, description: 'Place of the event in its order, from 1.' },
    { name: 'type', type: 'text', isRequired: true, description: 'What happened, such as order.paid.v1.' },
    { name: 'occurred_at', type: 'timestamp', isRequired: true, description: 'When it happened.' },
    { name: 'occurred_on', type: 'date', isRequired: true, description: 'The day of it.' },
    {
      name: 'customer',
      type: 'text',
      isRequired: true,
      description: 'Account, or a digest of the address of a guest.',
    },
    { name: 'status', type: 'text', isRequired: true, description: 'State of the order after the event.' },
    { name: 'currency', type: 'text', isRequired: true, description: 'ISO 4217.' },
    { name: 'total_amount', type: 'integer', isRequired: true, description: 'What the order costs.' },
    { name: 'units', type: 'integer', isRequired: true, description: 'Units of all its items.' },
    { name: 'captured_amount', type: 'integer', isRequired: true, description: 'What this event took in; 0 for most.' },
    {
      name: 'refunded_amount',
      type: 'integer',
      isRequired: true,
      description: 'What this event gave back; 0 for most.',
    },
    { name: 'country', type: 'text', description: 'Where it is delivered, ISO 3166-1.' },
    { name: 'recorded_at', type: 'timestamp', isRequired: true, description: 'When the ledger wrote it.' },
    { name: 'loaded_at', type: 'timestamp', isRequired: true, description: 'When the warehouse got it.' },
  ],
};

/** Records that could not become rows, until a release that understands them, or a person, has made them so. */
export const setAsideTable: TableShape = {
  name: 'set_aside',
  key: 'name',
  dividedBy: 'set_aside_on',
  description: 'One row a record of the ledger that is no event of a known schema.',
  columns: [
    {
      name: 'name',
      type: 'text',
      isRequired: true,
      description: 'Order and place, or the name that the ledger gave it.',
    },
    { name: 'event_id', type: 'text', description: 'Names the event, where it has a name.' },
    { name: 'reason', type: 'text', isRequired: true, description: 'newer, unreadable or contradicts.' },
    { name: 'detail', type: 'text', isRequired: true, description: 'Why, as one sentence.' },
    { name: 'set_aside_on', type: 'date', isRequired: true, description: 'The day.' },
    { name: 'set_aside_at', type: 'timestamp', isRequired: true, description: 'When.' },
  ],
};

export const warehouseTables = [orderEventsTable, setAsideTable] as const;

/** What an item of the ledger is for the warehouse. `damaged`: nobody but a person can say what it was. */
export type LedgerItem =
  | { readonly kind: 'event'; readonly entry: LedgerEntry; readonly event: OrderEvent }
  | {
      readonly kind: 'aside';
      readonly name: string;
      readonly eventId: string | null;
      readonly reason: string;
      readonly detail: string;
    }
  | { readonly kind: 'damaged'; readonly detail: string };

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The first line is enough to find the rest. */
const firstLine = (text: string) => text.split('\n')[0]?.slice(0, 300) ?? '';

const asideOf = ({ orderId, reason, detail }: Readonly<Record<string, unknown>>): LedgerItem | undefined =>
  typeof orderId === 'string' && typeof reason === 'string'
    ? { kind: 'aside', name: orderId, eventId: null, reason, detail: firstLine(String(detail)) }
    : undefined;

/** Reads an item of the table `order-events`: an event, something that waits to be understood, or a damaged entry. */
export const readLedgerItem = (item: Readonly<Record<string, unknown>>): LedgerItem => {
  const aside = asideOf(item);
  if (aside) return aside;
  const read = ledgerEntrySchema.safeParse(item);
  if (!read.success)
    return { kind: 'damaged', detail: `it is no entry of the ledger: ${firstLine(read.error.message)}` };
  const entry = read.data;
  if (sha256(entry.event) !== entry.digest)
    return { kind: 'damaged', detail: `${entry.eventId} is not the text that was recorded` };
  const event = orderEventSchema.safeParse(JSON.parse(entry.event));
  if (event.success) return { kind: 'event', entry, event: event.data };
  return {
    kind: 'aside',
    name: `${entry.orderId}/${Number(entry.sequence)}`,
    eventId: entry.eventId,
    reason: 'newer',
    detail: `${entry.type} is of a schema that this version does not know`,
  };
};

const takenIn = (event: OrderEvent) => (event.type === 'order.paid.v1' ? event.data.captured.amount : 0);

const givenBack = (event: OrderEvent) => {
  if (event.type === 'order.refunded.v1') return event.data.amount.amount;
  return event.type === 'order.closed.v1' ? event.data.refunded.amount : 0;
};

/** The row of an event. @param loadedAt ISO 8601 */
export const orderEventRow = (entry: LedgerEntry, event: OrderEvent, loadedAt: string): WarehouseRow => {
  const { order, customer } = event.data;
  return {
    event_id: entry.eventId,
    order_id: entry.orderId,
    sequence: Number(entry.sequence),
    type: entry.type,
    occurred_at: entry.time,
    occurred_on: entry.time.slice(0, 10),
    customer: customer.userId ?? `guest_${sha256(order.email.toLowerCase()).slice(0, 32)}`,
    status: order.status,
    currency: order.currency,
    total_amount: order.total.amount,
    units: order.items.reduce((sum, { quantity }) => sum + quantity, 0),
    captured_amount: takenIn(event),
    refunded_amount: givenBack(event),
    country: order.shippingAddress.country,
    recorded_at: entry.recordedAt,
    loaded_at: loadedAt,
  };
};

/** The row of what waits. */
export const setAsideRow = (
  { name, eventId, reason, detail }: Extract<LedgerItem, { kind: 'aside' }>,
  at: string,
): WarehouseRow => ({
  name,
  event_id: eventId,
  reason,
  detail,
  set_aside_on: at.slice(0, 10),
  set_aside_at: at,
});
