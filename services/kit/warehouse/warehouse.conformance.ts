/** What every warehouse must be: rows once each by their names, columns that come later, questions that change nothing. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Row, type Schema, type Table, type Warehouse, WarehouseOutdated } from './warehouse.ts';

const sales: Table = {
  name: 'sales',
  key: 'sale_id',
  dividedBy: 'sold_on',
  description: 'Sales.',
  columns: [
    { name: 'sale_id', type: 'text', isRequired: true, description: 'Names the sale.' },
    { name: 'sold_on', type: 'date', isRequired: true, description: 'Day.' },
    { name: 'sold_at', type: 'timestamp', description: 'Moment.' },
    { name: 'cents', type: 'integer', description: 'Amount.' },
    { name: 'note', type: 'text', description: 'What was said.' },
  ],
};
const schema: Schema = {
  tables: [sales],
  views: [{ name: 'cents-by-day', sql: 'SELECT sold_on AS day, SUM(cents) AS cents FROM sales GROUP BY sold_on' }],
};
/** Its note is text that could be taken for a number. */
const aSale = (number: number, parts: Row = {}): Row => ({
  sale_id: `sale_${number}`,
  sold_on: '2026-03-01',
  sold_at: '2026-03-01T10:00:00.123Z',
  cents: number,
  note: '007',
  ...parts,
});

/** @param open opens an empty warehouse; the same one each time */
export const describeWarehouse = (open: () => Promise<Warehouse>): void => {
  let warehouse: Warehouse;
  beforeAll(async () => {
    warehouse = await open();
  });
  afterAll(() => warehouse?.close());
  const count = async () => (await warehouse.query('SELECT COUNT(*) AS n FROM sales'))[0]?.['n'];

  describe('a warehouse', () => {
    test('says that a table is missing, and has it after it was prepared, once', async () => {
      await expect(warehouse.append('sales', [aSale(1)])).rejects.toBeInstanceOf(WarehouseOutdated);
      expect(await warehouse.prepare(schema)).toEqual({ created: ['sales'], added: [] });
      expect(await warehouse.prepare(schema)).toEqual({ created: [], added: [] });
    });

    test('has a row once, however often and in whatever company it is added', async () => {
      const hard = aSale(2, { note: `it's "quoted", \\ and\nmore: ü 漢 {"a":1}` });
      await warehouse.append('sales', [aSale(1), hard, aSale(1)]);
      await warehouse.append('sales', [hard, aSale(3)]);
      await Promise.all([warehouse.append('sales', [aSale(3), aSale(4)]), warehouse.append('sales', [aSale(4)])]);
      await warehouse.append('sales', []);
      expect(await count()).toBe(4);
      expect(await warehouse.query('SELECT * FROM sales WHERE cents = 2')).toEqual([hard]);
    });

    test('keeps the first of two rows of one name', async () => {
      await warehouse.append('sales', [aSale(5)]);
      await warehouse.append('sales', [aSale(5, { cents: 9_999 })]);
      expect(await warehouse.query("SELECT cents FROM sales WHERE sale_id = 'sale_5'")).toEqual([{ cents: 5 }]);
    });

    test('answers by its views, exactly', async () => {
      await warehouse.append('sales', [aSale(6, { sold_on: '2026-03-02', cents: 9_007_199_254_740_000 })]);
      expect(await warehouse.query('SELECT * FROM cents_by_day ORDER BY day')).toEqual([
        { day: '2026-03-01', cents: 1 + 2 + 3 + 4 + 5 },
        { day: '2026-03-02', cents: 9_007_199_254_740_000 },
      ]);
    });

    test('gets a column that a later release adds, empty in the rows that are there', async () => {
      const later = aSale(7, { country: 'US' });
      await expect(warehouse.append('sales', [later])).rejects.toBeInstanceOf(WarehouseOutdated);
      const withCountry = {
        ...sales,
        columns: [
          ...sales.columns,
          { name: 'country', type: 'text', isRequired: true, description: 'Where.' } as const,
        ],
      };
      expect(await warehouse.prepare({ ...schema, tables: [withCountry] })).toEqual({
        created: [],
        added: ['sales.country'],
      });
      await warehouse.append('sales', [later]);
      expect(
        await warehouse.query(
          "SELECT sale_id, country FROM sales WHERE sale_id IN ('sale_1', 'sale_7') ORDER BY sale_id",
        ),
      ).toEqual([
        { sale_id: 'sale_1', country: null },
        { sale_id: 'sale_7', country: 'US' },
      ]);
    });

    test('is not changed by a question, and refuses what it cannot answer', async () => {
      const before = await count();
      for (const sql of [
        'DELETE FROM sales',
        'DROP TABLE sales',
        'SELECT 1 AS one; SELECT 2 AS two',
        'SELECT nothing FROM sales',
      ])
        await expect(warehouse.query(sql)).rejects.toThrow();
      expect(await count()).toBe(before);
    });
  });
};
