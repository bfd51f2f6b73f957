import { Refusal } from '../../kit/values/refusal.ts';

export const productUnknown = (id: string) =>
  new Refusal('missing', 'product.unknown', `There is no product ${id} in the catalogue; it may have been removed.`);

export const stockInsufficient = (id: string, change: number, free: number) =>
  new Refusal(
    'conflict',
    'stock.insufficient',
    `Product ${id} has ${free} free units, so ${-change} cannot be taken away; reserved and sold units are not touched.`,
  );

export const productChanged = (id: string, expected: number, actual: number) =>
  new Refusal(
    'conflict',
    'product.changed',
    `Product ${id} was changed since version ${expected}; read it again and repeat the change if it is still right.`,
    { difference: { expected: { version: expected }, actual: { version: actual } } },
  );

export const cursorInvalid = () =>
  new Refusal('invalid', 'request.invalid', 'The cursor does not belong to this list; start again without one.', {
    errors: [{ path: 'cursor', message: 'must be the nextCursor of a page with the same sort' }],
  });

const invalidField = (path: string, message: string) =>
  new Refusal('invalid', 'request.invalid', `The field ${path} ${message}.`, { errors: [{ path, message }] });

export const currencyUnknown = (currency: string) =>
  invalidField('price.currency', `must be an ISO 4217 code such as USD, not ${currency}`);
export const orderIdInvalid = () => invalidField('orderId', 'must be an id that starts with ord_');
export const tooManyIds = (limit: number) => invalidField('ids', `must be at most ${limit} ids`);
export const linesInvalid = (path: string, message: string) => invalidField(path, message);
export const returnNameInvalid = () => invalidField('name', 'must be an id such as that of a return');

export const returnTooLarge = (orderId: string, cause: unknown) =>
  new Refusal('conflict', 'stock.return-too-large', `Order ${orderId} has fewer units sold than would come back.`, {
    cause,
  });
