import type { WarehouseView } from '../../services/contracts/warehouse/order-views.ts';
import { formatMoney } from '../../services/kit/values/money.ts';
import { type Row, viewName } from '../../services/kit/warehouse/warehouse.ts';
import { findView } from './find-view.ts';
import { type WarehousePlace, withWarehouse } from './open-shop-warehouse.ts';

export type ViewAnswer = { readonly view: WarehouseView; readonly rows: readonly Row[] };

/** Asks a ready-made question of a warehouse. Throws `StartRefused` where there is none. */
export const askView = async (place: WarehousePlace, question: string): Promise<ViewAnswer> => {
  const view = findView(question);
  const rows = await withWarehouse(place, (warehouse) => warehouse.query(`SELECT * FROM ${viewName(view.name)}`));
  return { view, rows };
};

const cell = (row: Row, name: string): string => {
  const value = row[name];
  if (value === null || value === undefined) return '';
  const { currency } = row;
  if (name.endsWith('_amount') && typeof value === 'number' && typeof currency === 'string')
    return formatMoney({ amount: value, currency });
  return name === 'share' ? `${Math.round(Number(value) * 1000) / 10} %` : String(value);
};

/** Rows for people, amounts in their currency: first the names of the columns, then a line a row; empty where there is nothing. */
export const answerCells = (rows: readonly Row[]): string[][] => {
  const names = Object.keys(rows[0] ?? {});
  if (names.length === 0) return [];
  return [
    names.map((name) => name.replace(/_amount$/, '').replaceAll('_', ' ')),
    ...rows.map((row) => names.map((name) => cell(row, name))),
  ];
};
