/** How much memory the platform may take on this machine in exchange for speed. */

export type LocalSize = {
  /** Flags of Node for each service. */
  readonly nodeFlags: readonly string[];
  /** Connections of one process to its database. */
  readonly connections: number;
  /** Milliseconds that a connection may idle. */
  readonly connectionIdleMs: number;
  /** Settings of PostgreSQL that trade memory for speed. */
  readonly postgres: Readonly<Record<string, string | number>>;
};

/** Memory is PSS, pages that several processes share counted once: idle and while it sells as fast as it can. */
export const localSizes = {
  /**
   * 900 and 1,300 MiB at most. A young generation of 1 MB costs a fifth of a loaded process in collections, and a backend that is
   * opened anew for each burst some 5 ms on either side.
   */
  fast: {
    // Begun with 1 MB, a young generation grows so slowly that a loaded process still spends a tenth of its time on it.
    nodeFlags: ['--max-old-space-size=256', '--min-semi-space-size=4', '--max-semi-space-size=16'],
    connections: 8,
    connectionIdleMs: 30_000,
    postgres: {
      shared_buffers: '96MB',
      wal_buffers: '8MB',
      min_wal_size: '256MB',
      max_wal_size: '1GB',
      checkpoint_timeout: '15min',
    },
  },
  /** 600 and 800 MiB at most: for machines that have other things to do. */
  small: {
    nodeFlags: ['--max-old-space-size=160', '--max-semi-space-size=1'],
    connections: 5,
    connectionIdleMs: 500,
    postgres: { shared_buffers: '4MB', wal_buffers: '1MB', min_wal_size: '64MB', max_wal_size: '256MB' },
  },
} as const satisfies Readonly<Record<string, LocalSize>>;

export type LocalSizeName = keyof typeof localSizes;
