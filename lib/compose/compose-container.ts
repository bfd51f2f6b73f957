/** The part of the Compose specification that compose.yaml uses. Source: https://github.com/compose-spec/compose-spec/blob/main/spec.md */

export type Condition = 'service_healthy' | 'service_completed_successfully' | 'service_started';

export type ComposeContainer = {
  readonly image: string;
  readonly build?: {
    readonly context: string;
    readonly dockerfile: string;
    readonly network: 'none';
    readonly args: Readonly<Record<string, string>>;
  };
  readonly command?: readonly string[];
  readonly user?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly (string | Readonly<Record<string, unknown>>)[];
  readonly tmpfs?: readonly string[];
  readonly healthcheck?:
    | { readonly disable: true }
    | {
        readonly test: readonly string[];
        readonly interval: string;
        readonly timeout: string;
        readonly start_period: string;
        readonly retries: number;
      };
  readonly depends_on?: Readonly<Record<string, { readonly condition: Condition }>>;
  readonly profiles?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt: readonly string[];
  readonly mem_limit: string;
  readonly cpus?: number;
  readonly pids_limit: number;
  readonly stop_grace_period?: string;
  readonly restart: 'unless-stopped' | 'no';
  readonly logging: { readonly driver: string; readonly options: Readonly<Record<string, string>> };
};

/** What every container has: bounded logs and processes, and no way to more rights. */
export const boundedContainer = {
  security_opt: ['no-new-privileges:true'],
  pids_limit: 512,
  logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } },
} as const;

/** A health check that is asked every five seconds, and has a minute to become true. */
export const healthyWhen = (...test: readonly string[]): NonNullable<ComposeContainer['healthcheck']> => ({
  test,
  interval: '5s',
  timeout: '5s',
  start_period: '60s',
  retries: 5,
});
