/** The same calls on a catalogue of another size. */
import pg from 'pg';
import type { ShopClient } from '../../services/contracts/http/client.ts';
import type { LocalState } from '../local/state.ts';
import { type AloneCall, type CallFigures, measureCallsAlone } from './call-loops.ts';

/** Figures with so many products; the first entry is the catalogue as it came. */
export type GrowthFigures = {
  readonly products: number;
  readonly alone: Readonly<Record<AloneCall, CallFigures>>;
};

const STATEMENT_WITHIN_MS = 3_600_000;
const PART = 50_000;

/**
 * $1 first number, $2 last number, $3 how many there were: copies of the products that came with the shop, each with an id, a reference
 * and a title of its own. By JSON, so that it fits whatever columns the catalogue has; generated ones are made anew.
 */
const grow = (generated: readonly string[], columns: readonly string[]) => `
  WITH original AS MATERIALIZED (SELECT p.*, row_number() OVER (ORDER BY id) - 1 AS place FROM products p WHERE coalesce(reference, '') NOT LIKE 'bench-%' AND deleted_at IS NULL),
  copy AS MATERIALIZED (
    SELECT jsonb_populate_record(NULL::products, to_jsonb(original) - 'place' || jsonb_build_object(
      'id', 'prd_' || lpad(n::text, 26, '0'), 'reference', 'bench-' || n, 'title', title || ' ' || n, 'title_key', title_key || ' ' || n)) AS row
    FROM generate_series($1::int, $2::int) AS n JOIN original ON place = n % $3::int
  ), written AS (
    INSERT INTO products (${columns.filter((name) => !generated.includes(name)).join(', ')})
    SELECT ${columns
      .filter((name) => !generated.includes(name))
      .map((name) => `(row).${name}`)
      .join(', ')} FROM copy ON CONFLICT DO NOTHING RETURNING id
  )
  INSERT INTO stock (product_id, free, sequence) SELECT id, 1000, 0 FROM written`;

/** Fills the catalogue up to so many products. */
const growTo = async (client: pg.Client, products: number, say: (sentence: string) => void): Promise<void> => {
  const { rows } = await client.query<{ name: string; generated: boolean }>(
    `SELECT column_name AS name, is_generated <> 'NEVER' OR is_identity = 'YES' AS generated
     FROM information_schema.columns WHERE table_name = 'products' AND table_schema = current_schema() ORDER BY ordinal_position`,
  );
  const names = rows.map(({ name }) => name);
  const made = rows.filter(({ generated }) => generated).map(({ name }) => name);
  const count = async (condition: string) =>
    Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM products WHERE ${condition}`)).rows[0]?.n);
  const originals = await count("coalesce(reference, '') NOT LIKE 'bench-%' AND deleted_at IS NULL");
  const copies = await count("reference LIKE 'bench-%'");
  for (let from = copies; from < products - originals; from += PART) {
    const to = Math.min(from + PART, products - originals);
    await client.query(grow(made, names), [from + 1, to, originals]);
    say(`${originals + to} of ${products} products`);
  }
  await client.query('VACUUM (ANALYZE) products, stock');
};

/** Measures each kind of call alone at each size. Throws the signal's reason. */
export const measureGrowth = async (
  { databases }: Pick<LocalState, 'databases'>,
  options: {
    readonly api: ShopClient;
    readonly productIds: readonly string[];
    readonly sizes: readonly number[];
    readonly seconds: number;
    readonly say: (sentence: string) => void;
    readonly signal: AbortSignal;
  },
): Promise<GrowthFigures[]> => {
  const { api, productIds, sizes, say, ...loop } = options;
  const client = new pg.Client({ connectionString: databases['products'], query_timeout: STATEMENT_WITHIN_MS });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const figures: GrowthFigures[] = [];
    const { rows } = await client.query<{ n: string }>('SELECT count(*) AS n FROM products WHERE deleted_at IS NULL');
    for (const products of [Number(rows[0]?.n), ...sizes]) {
      await growTo(client, products, say);
      figures.push({ products, alone: await measureCallsAlone(api, productIds, loop) });
    }
    return figures;
  } finally {
    await client.end();
  }
};
