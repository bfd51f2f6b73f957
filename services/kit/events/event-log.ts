/** The port of the log: what services use, and what the embedded log and Kafka both have to keep. */

export type NewRecord = {
  /** Records of one key keep their order. */
  readonly key: string;
  readonly value: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type LogRecord = {
  readonly topic: string;
  readonly partition: number;
  /** Place in its partition, counted from 0. */
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly timestamp: Date;
};

export type TopicPartition = { readonly topic: string; readonly partition: number };

/** `offset` is the next one that the group wants. */
export type GroupOffset = TopicPartition & { readonly offset: number };

/** A dead-letter topic `<name>.dead` with one partition comes with every topic. */
export type TopicDeclarations = Readonly<
  Record<string, { readonly partitions: number; readonly retentionDays: number }>
>;

export type PartitionOffsets = TopicPartition & {
  /** Offset of the oldest record that is kept. */
  readonly earliest: number;
  /** Offset that the next record will get. */
  readonly end: number;
};

export type PartitionLag = TopicPartition & {
  readonly committed: number;
  readonly end: number;
  /** Records that the group has not handled yet. */
  readonly records: number;
  /** When the oldest of them was appended. */
  readonly oldest?: Date;
};

export type GroupMember = { readonly member: string; readonly partitions: readonly TopicPartition[] };

/** What a handler can ask while it works on a delivery. */
export type Delivery = {
  /** Whether the member still holds the record's partition: ask right before the effect, and drop the record if not. */
  owns(record: TopicPartition): boolean;
  /** Aborted when the subscription closes: end soon, and throw if not everything was handled. */
  readonly signal: AbortSignal;
};

export type SubscribeOptions = {
  readonly group: string;
  readonly topics: readonly string[];
  /**
   * Called with records in order per partition, one delivery at a time. When it resolves, the delivery is committed, apart
   * from partitions that were lost meanwhile; when it rejects, all of it is delivered again after a pause.
   */
  readonly handle: (records: readonly LogRecord[], delivery: Delivery) => Promise<void>;
  /** Where a group starts that has never committed; default `earliest`. */
  readonly from?: 'earliest' | 'latest';
  /** Most records of one delivery; default 500. */
  readonly maxRecords?: number;
  /**
   * Least milliseconds between two deliveries, in which records gather; default the log's own. What comes after a rest is delivered at
   * once. A log whose brokers gather by themselves passes it over.
   */
  readonly apartMs?: number;
};

export type Subscription = {
  readonly member: string;
  /** Partitions that this member holds now. */
  assignments(): readonly TopicPartition[];
  /** Finishes and commits the delivery in hand, then gives its partitions to the others. */
  close(): Promise<void>;
};

export type ReadOptions = TopicPartition & {
  /** First offset wanted; default the oldest that is kept. */
  readonly from?: number;
  /** Most records; default 100. */
  readonly limit?: number;
};

export type EventLog = {
  /** Creates what is missing, adds partitions and changes retention; never removes a partition or a topic. */
  createTopics(declarations: TopicDeclarations): Promise<void>;
  /**
   * Resolves once every record is durable. When it rejects, any of them may be in the log: append again and let
   * consumers drop what they know. Throws `UnknownTopic` for a topic that was never created.
   */
  append(topic: string, records: readonly NewRecord[]): Promise<void>;
  /** Reads without a group: for people, replays and checks. */
  read(options: ReadOptions): Promise<LogRecord[]>;
  topics(): Promise<string[]>;
  offsets(topic: string): Promise<PartitionOffsets[]>;
  /** Place of the first record of each partition that was appended then or later; partitions without one are left out. */
  offsetsSince(topic: string, at: Date): Promise<GroupOffset[]>;
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** Per partition that the group has ever held; empty for a group that never subscribed. */
  lag(group: string): Promise<PartitionLag[]>;
  groups(): Promise<string[]>;
  members(group: string): Promise<GroupMember[]>;
  /** Moves the group, for a replay or to skip. Throws `GroupIsActive` while it has members. */
  resetOffsets(group: string, offsets: readonly GroupOffset[]): Promise<void>;
  /** Removes records that are older than their topic keeps; returns how many. Logs that do so by themselves return 0. */
  retention(): Promise<number>;
  check(): Promise<void>;
  close(): Promise<void>;
};

/** Appending to, reading or subscribing to a topic that does not exist. */
export class UnknownTopic extends Error {
  constructor(topic: string) {
    super(`topic "${topic}" does not exist; declare it in its owner's manifest.ts and start the owner once`);
    this.name = 'UnknownTopic';
  }
}

/** Moving the offsets of a group that has members: they would go on where they are. */
export class GroupIsActive extends Error {
  constructor(group: string) {
    super(`group "${group}" has members; stop the service, then move its offsets`);
    this.name = 'GroupIsActive';
  }
}

/** One record that can never be appended as it is (too large, not valid text). */
export class RecordRefused extends Error {
  constructor(detail: string, options?: ErrorOptions) {
    super(detail, options);
    this.name = 'RecordRefused';
  }
}
