import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { systemClock } from '../kit/system-clock.ts';
import { currentDeadline } from '../kit/telemetry/tracing.ts';
import { Refusal } from '../kit/values/refusal.ts';

/** OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. */
const current = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const tagBytes = 32;
const saltBytes = 16;

/** Each hash takes 19 MiB and one core for some 30 ms: two at once, and at most 100 that wait for their turn. */
const atOnce = 2;
const longestQueue = 100;
/** With less than this left until the caller's deadline, the hash would come too late. */
const leastUsefulMs = 250;

type Parameters = { readonly memory: number; readonly passes: number; readonly parallelism: number };

const derive = (password: string, salt: Uint8Array, { memory, passes, parallelism }: Parameters): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    // The same characters typed on two keyboards may be composed differently (NIST SP 800-63B, 3.1.1.2).
    const message = password.normalize('NFKC');
    argon2('argon2id', { message, nonce: salt, memory, passes, parallelism, tagLength: tagBytes }, (problem, tag) =>
      problem ? reject(problem) : resolve(tag),
    );
  });

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

const format = (salt: Uint8Array, tag: Uint8Array) =>
  `$argon2id$v=19$m=${current.memory},t=${current.passes},p=${current.parallelism}$${base64(salt)}$${base64(tag)}`;

const phc = /^\$argon2id\$v=19\$m=(\d{1,6}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{43})$/;

const parse = (hash: string) => {
  const [, memory, passes, parallelism, salt, tag] = phc.exec(hash) ?? [];
  if (!salt || !tag) throw new Error('a stored password hash is not a PHC string of argon2id');
  return {
    parameters: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
};

/** Hashes passwords; only for use inside {@link PasswordHasher.inTurn}. */
export type PasswordTurn = {
  hash(password: string): Promise<string>;
  /** Whether the password made the hash; `undefined` costs the same and is never right. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
  /** Whether the hash was made with weaker parameters than today's. */
  isOutdated(hash: string): boolean;
};

export type PasswordHasher = {
  /** Waits for one of two turns; Refusal `auth.busy` (unavailable) when 100 wait already. */
  inTurn<T>(work: (turn: PasswordTurn) => Promise<T>): Promise<T>;
};

const turn: PasswordTurn = {
  hash: async (password) => {
    const salt = randomBytes(saltBytes);
    return format(salt, await derive(password, salt, current));
  },
  verify: async (password, hash) => {
    const { parameters, salt, tag } = parse(hash ?? decoy);
    const isSame = timingSafeEqual(await derive(password, salt, parameters), tag);
    return isSame && hash !== undefined;
  },
  isOutdated: (hash) => {
    const { parameters } = parse(hash);
    return parameters.memory < current.memory || parameters.passes < current.passes;
  },
};

/** Nobody's hash: what an unknown account is compared with. */
const decoy = format(randomBytes(saltBytes), randomBytes(tagBytes));

const busyRefusal = () =>
  new Refusal('unavailable', 'auth.busy', 'Too many people sign in at this moment; try again in a second.', {
    retryAfterSeconds: 1,
  });

/**
 * Refuses the turn of a caller who has given up waiting. Hashing for nobody, while those callers ask again, is how a
 * short rush of sign-ins would become a standstill.
 */
const requireListener = () => {
  const deadlineAt = currentDeadline();
  if (deadlineAt !== undefined && deadlineAt - systemClock.now().getTime() < leastUsefulMs) throw busyRefusal();
};

/** argon2id with today's parameters and a bounded queue. */
export const createPasswordHasher = (): PasswordHasher => {
  const waiting: (() => void)[] = [];
  let busy = 0;
  return {
    inTurn: async (work) => {
      if (busy < atOnce) busy += 1;
      else {
        if (waiting.length >= longestQueue) throw busyRefusal();
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
      try {
        requireListener();
        return await work(turn);
      } finally {
        // The turn passes straight to the next in line; `busy` counts it on.
        const next = waiting.shift();
        if (next) next();
        else busy -= 1;
      }
    },
  };
};
