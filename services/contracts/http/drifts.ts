/** What a reconciliation can find and do, in words. Pages show them, so no library comes along. */
/** Every kind of drift: what differs, and what a person does where no repair applies or none helped. */
export const driftKinds = {
  'order-stuck': {
    means: 'the platform has owed the order a step for longer than any step takes',
    byHand: 'look for the order in the log of the order service: it names the neighbour that does not answer',
  },
  'order-not-processed': {
    means: 'the order is paid, and did not go to fulfilment when its cancellation window was over',
    byHand: 'ship or cancel it',
  },
  'history-gap': {
    means: 'the history of the order does not count 1, 2, 3 to its version',
    byHand: 'restore the database of the orders beside this one and compare the history',
  },
  'history-differs': {
    means: 'reading the history of the order gives another state than is stored',
    byHand: 'believe the history; restore the database of the orders beside this one to see when the row changed',
  },
  'paid-order-without-payment': {
    means: 'the order counts as paid, and no money was taken for it',
    byHand: 'settle with the customer: the goods have left',
  },
  'payment-not-captured': {
    means: 'the order counts as paid, and its money is only authorised',
    byHand: 'capture it at the provider before the authorisation ends',
  },
  'payment-of-dead-order': {
    means: 'the order was cancelled or failed, and its payment still holds money',
    byHand: 'give the money back at the provider',
  },
  'payment-without-order': {
    means: 'a payment holds money for an order that does not exist',
    byHand: 'find the customer at the provider and give the money back',
  },
  'amount-differs': {
    means: 'order, payment and charge do not name the same money',
    byHand: 'compare the three and settle with customer and provider; nothing tells which of them is right',
  },
  'refund-missing': {
    means: 'the order counts a refund as made, and the payment does not know it',
    byHand: 'give the money back at the provider, or ask again when it answers',
  },
  'refund-not-in-order': {
    means: 'money was given back, and the order does not know it',
    byHand: 'refund the order by the same amount once the provider has been asked what it was for',
  },
  'ledger-gap': {
    means: 'the ledger of the payment has not what was captured and refunded, or does not balance',
    byHand: 'keep the output; compare ledger_entries of the payment with its events',
  },
  'reservation-without-order': {
    means: 'units are reserved or sold for an order that does not exist',
    byHand: 'compare with the backup of the orders before the units go back',
  },
  'reservation-without-live-order': {
    means: 'units are reserved or sold for an order that is over',
    byHand: 'release them once the stock answers',
  },
  'stock-not-sold': {
    means: 'the order is paid, and its units are only reserved',
    byHand: 'sell them before the reservation ends',
  },
  'order-without-stock': {
    means: 'the order is paid, and the stock has no units for it',
    byHand: 'count the shelf; send the goods or refund the order',
  },
  'sold-units-differ': {
    means: 'the units that were sold are not those of the lines of the order',
    byHand: 'count the shelf and correct it with POST /products/:id/stock',
  },
  'stock-adrift': {
    means: 'the stock of a product is negative, or not what its movements and reservations add up to',
    byHand: 'count the shelf; compare stock, stock_movements and reservations of the product',
  },
  'charge-without-payment': {
    means: 'the provider holds money for a payment that we do not know',
    byHand: 'find the customer at the provider and give the money back',
  },
  'payment-without-charge': {
    means: 'a payment holds money by our books, and the provider knows no such charge',
    byHand: 'ask the provider by the reference of the payment',
  },
  'outcome-not-learnt': {
    means: 'the provider has decided a payment, and our books do not know how',
    byHand: 'look why the provider does not answer',
  },
  'capture-differs': {
    means: 'our books and the provider do not have the same captured',
    byHand: 'ask the provider by the reference of the payment',
  },
  'refund-differs': {
    means: 'our books and the provider do not have the same refunded',
    byHand: 'ask the provider by the reference of the payment',
  },
  'authorisation-never-voided': {
    means: 'a payment is voided by our books, and the provider still holds the authorisation',
    byHand: 'void it at the provider',
  },
  'void-not-learnt': {
    means: 'the provider voided a payment, and our books do not know it',
    byHand: 'ask the provider by the reference of the payment',
  },
} as const satisfies Record<string, { readonly means: string; readonly byHand: string }>;
export type DriftKind = keyof typeof driftKinds;

/** What mends a drift, each by the same use case that does it in everyday life, so that doing it twice is doing it once. */
export const driftRepairs = {
  'drive-order': 'take the step that the order is owed',
  'start-processing': 'send the order to fulfilment',
  'cancel-order': 'cancel the order, whose goods have not left, and free its units',
  'capture-payment': 'capture the authorised money',
  'cancel-payment': 'void the payment, or give its money back',
  'refund-payment': 'make the refund that the order counts as made',
  'record-refund': 'note the refund in the history of the order',
  'commit-stock': 'sell the reserved units',
  'sell-stock': 'take the units of the order from the shelf',
  'release-stock': 'put the units back on the shelf',
  'learn-from-provider': 'let our books learn what the provider says, and make up for a void',
} as const;
export type DriftRepair = keyof typeof driftRepairs;
