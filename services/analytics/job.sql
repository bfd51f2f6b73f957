-- Figures of each minute from the events of orders: how many were paid, what they brought in, and by how many customers.
-- domain/minute-figures.ts computes the same where there is no Flink; figures-on-flink.real.test.ts compares the rows.

SET 'table.local-time-zone' = 'UTC';

SET 'execution.checkpointing.interval' = '60 s';

CREATE TABLE order_events (
  `id` STRING,
  `type` STRING,
  `time` TIMESTAMP_LTZ(3),
  `data` ROW<
    `order` ROW<`email` STRING>,
    `customer` ROW<`userId` STRING>,
    `captured` ROW<`amount` BIGINT, `currency` STRING>
  >,
  `appended_at` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp' VIRTUAL,
  -- A time that nobody can believe, missing or ahead of the log, is the first of all: it would close the minutes of all others.
  `event_time` AS CASE
    WHEN `time` IS NULL OR `time` > `appended_at` + INTERVAL '1' MINUTE THEN TO_TIMESTAMP_LTZ(0, 3)
    ELSE `time`
  END,
  WATERMARK FOR `event_time` AS `event_time` - INTERVAL '10' SECOND
) WITH (
  'connector' = 'kafka',
  'topic' = 'order-events',
  ${kafka},
  'properties.group.id' = 'analytics',
  'scan.startup.mode' = 'earliest-offset',
  -- After each event and not every 200 ms, so that the same topic gives the same rows again.
  'scan.watermark.emit.strategy' = 'on-event',
  -- A partition on which nothing happens holds up the minutes of the others no longer than this.
  'scan.watermark.idle-timeout' = '30 s',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601',
  'json.ignore-parse-errors' = 'true'
);

CREATE TABLE analytics_results (
  `specversion` STRING,
  `id` STRING,
  `source` STRING,
  `type` STRING,
  `subject` STRING,
  `time` STRING,
  `datacontenttype` STRING,
  `data` ROW<
    `windowStart` STRING,
    `windowEnd` STRING,
    `currency` STRING,
    `orders` BIGINT,
    `revenue` BIGINT,
    `uniqueUsers` BIGINT,
    `averageOrderValue` BIGINT,
    `eventId` STRING,
    `amount` BIGINT
  >,
  `sequence` INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'analytics-results',
  ${kafka},
  'key.format' = 'raw',
  'key.fields' = 'subject',
  'value.format' = 'json',
  'value.json.encode.ignore-null-fields' = 'true',
  -- As everywhere on the log: what comes again has the same id, and who reads it drops it.
  'sink.delivery-guarantee' = 'at-least-once'
);

-- A minute that no event may reach any more is one whose last millisecond the watermark has passed.
CREATE TEMPORARY VIEW paid AS
SELECT
  `id`,
  `data`.`captured`.`amount` AS amount,
  `data`.`captured`.`currency` AS currency,
  COALESCE(`data`.`customer`.`userId`, `data`.`order`.`email`) AS buyer,
  `event_time`,
  FLOOR(`event_time` TO MINUTE) AS minute_start,
  CURRENT_WATERMARK(`event_time`) AS closed_until
FROM order_events
WHERE `type` = 'order.paid.v1'
  AND `id` IS NOT NULL
  AND `data`.`captured`.`amount` >= 0
  AND `data`.`captured`.`currency` IS NOT NULL
  AND COALESCE(`data`.`customer`.`userId`, `data`.`order`.`email`) IS NOT NULL;

CREATE TEMPORARY VIEW on_time AS
SELECT * FROM paid
WHERE event_time > TO_TIMESTAMP_LTZ(0, 3)
  AND (closed_until IS NULL OR closed_until < minute_start + INTERVAL '59.999' SECOND);

CREATE TEMPORARY VIEW too_late AS
SELECT * FROM paid
WHERE event_time = TO_TIMESTAMP_LTZ(0, 3)
  OR closed_until >= minute_start + INTERVAL '59.999' SECOND;

CREATE TEMPORARY VIEW minutes AS
SELECT
  DATE_FORMAT(window_start, 'yyyy-MM-dd''T''HH:mm:ss''.000Z''') AS window_start,
  DATE_FORMAT(window_end, 'yyyy-MM-dd''T''HH:mm:ss''.000Z''') AS window_end,
  currency,
  COUNT(*) AS orders,
  SUM(amount) AS revenue,
  COUNT(DISTINCT buyer) AS unique_users
FROM (
  -- An event that comes twice counts once.
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end, id ORDER BY event_time) AS copy
  FROM TABLE(TUMBLE(TABLE on_time, DESCRIPTOR(event_time), INTERVAL '1' MINUTE))
)
WHERE copy = 1
GROUP BY window_start, window_end, currency;

INSERT INTO analytics_results
SELECT
  '1.0',
  'evt_' || SUBSTRING(MD5('minute/' || window_start || '/' || currency), 1, 26),
  'analytics',
  'analytics.minute-closed.v1',
  window_start || '/' || currency,
  window_end,
  'application/json',
  ROW(window_start, window_end, currency, orders, revenue, unique_users,
    (2 * revenue + orders) / (2 * orders), CAST(NULL AS STRING), CAST(NULL AS BIGINT)),
  1
FROM minutes
UNION ALL
SELECT
  '1.0',
  'evt_' || SUBSTRING(MD5('late/' || id), 1, 26),
  'analytics',
  'analytics.order-late.v1',
  id,
  DATE_FORMAT(event_time, 'yyyy-MM-dd''T''HH:mm:ss.SSS''Z'''),
  'application/json',
  ROW(DATE_FORMAT(minute_start, 'yyyy-MM-dd''T''HH:mm:ss''.000Z'''),
    DATE_FORMAT(minute_start + INTERVAL '1' MINUTE, 'yyyy-MM-dd''T''HH:mm:ss''.000Z'''),
    currency, CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT), id, amount),
  1
FROM too_late;
