-- Pictures of a product in their order, as the product's document has them, so that no list of products asks a second table.
ALTER TABLE products ADD COLUMN images jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(images) = 'array');

-- One upload of a picture. Every object in the bucket bears the id of its row, so that what a killed process left is known by it.
CREATE TABLE image_uploads (
  id text COLLATE "C" PRIMARY KEY,
  product_id text COLLATE "C" NOT NULL REFERENCES products (id),
  -- What was promised.
  type text NOT NULL,
  bytes bigint NOT NULL CHECK (bytes > 0),
  sha256 text NOT NULL,
  alt text NOT NULL,
  -- Id of the member of staff.
  actor text NOT NULL,
  -- Begun; stored, so that its forms are a picture of the product; or unused, so that nobody needs its objects.
  state text NOT NULL DEFAULT 'begun' CHECK (state IN ('begun', 'stored', 'unused')),
  begun_at timestamptz NOT NULL,
  -- Until then it may be finished.
  until timestamptz NOT NULL,
  -- When objects that nobody needs are removed: of a stored picture what was sent, of any other all. Null once that was done.
  remove_at timestamptz
);
CREATE INDEX image_uploads_begun ON image_uploads (actor) WHERE state = 'begun';
CREATE INDEX image_uploads_due ON image_uploads (remove_at);
CREATE INDEX image_uploads_product ON image_uploads (product_id);
