/** CloudEvents 1.0 in JSON, as far as the kit looks at it; the contracts own the schemas of `data`. */
export type CloudEvent<T = unknown> = {
  specversion: '1.0';
  id: string;
  source: string;
  type: string;
  /** Id of the aggregate: the record key, within which order is kept. */
  subject: string;
  time: string;
  datacontenttype: 'application/json';
  data: T;
  /** 1, 2, 3 ... per aggregate without a gap. */
  sequence: number;
  traceparent?: string | undefined;
  idempotencykey?: string | undefined;
};
