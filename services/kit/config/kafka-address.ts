/** What the URL of a Kafka says. */
export type KafkaAddress = {
  readonly brokers: readonly { readonly host: string; readonly port: number }[];
  /** `iam`: TLS and a signed token of IAM, as MSK wants it. `none`: plain text, for a machine of one's own. */
  readonly auth: 'none' | 'iam';
};

const form = /^kafka:\/\/([^/,:?\s]+:\d{1,5}(?:,[^/,:?\s]+:\d{1,5})*)(?:\?auth=(iam))?$/;

/** Whether a text is `kafka://host:port,host:port`, with `?auth=iam` where the brokers ask for it. */
export const isKafkaUrl = (text: string): boolean => form.test(text);

/** Reads such a URL. Throws one sentence for anything else. */
export const parseKafkaUrl = (url: string): KafkaAddress => {
  const [, list, auth] = form.exec(url) ?? [];
  if (!list)
    throw new Error('EVENTS_URL: is not of the form kafka://host:port,host:port or kafka://host:port?auth=iam');
  const brokers = list.split(',').map((broker) => {
    const [host = '', port] = broker.split(':');
    return { host, port: Number(port) };
  });
  return { brokers, auth: auth === 'iam' ? 'iam' : 'none' };
};
