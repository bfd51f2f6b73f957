/** What the catalogue says of one metric. */

/** What bounds the values of a label: these values, or names that the code has and no caller can invent. */
export type LabelBound = readonly string[] | 'names in the code';

/** Which services emit it: these, or all that have such a part. */
export type MetricHome =
  | readonly string[]
  | 'HTTP door'
  | 'gRPC door'
  | 'any door'
  | 'database'
  | 'outbox'
  | 'consumer'
  | 'cache';

export type CataloguedMetric = {
  /** As in Prometheus; a histogram without its suffixes. */
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  readonly labels?: Readonly<Record<string, LabelBound>>;
  readonly emittedBy: MetricHome;
};
