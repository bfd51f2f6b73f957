/** Where the current time comes from. The domain and the use cases take it as an argument and never ask the machine. */
export type Clock = { now(): Date };
