import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import { open, seal } from '../../kit/auth/sealed-box.ts';
import type { HeldSecret } from '../../kit/config/held-secret.ts';
import type { Database, Sql } from '../../kit/storage/database.ts';
import type { KeyTimes } from '../domain/key-schedule.ts';

/** A key of the set; without `privateKey` when no KEY_ENCRYPTION_SECRET that counts sealed it. */
export type SigningKey = KeyTimes & {
  readonly publicJwk: JWK;
  readonly privateKey: KeyObject | undefined;
  /** Whether the secret of before its rotation sealed it, so that it signs only until others do. */
  readonly isOfFormerSecret: boolean;
};

// Any fixed number: it only keeps two replicas from making keys at once.
const rotationLock = 8_002_002;

const purposeOf = (kid: string) => `signing key ${kid}`;

/** Signing keys, whose private halves lie encrypted. */
export const createSigningKeyRepository = (database: Database, { secret, previousSecret }: HeldSecret) => ({
  list: async (sql: Sql = database): Promise<SigningKey[]> => {
    const { rows } = await sql.query<{ kid: string; public_jwk: JWK; sealed_private_key: Buffer; signs_from: Date }>(
      'SELECT kid, public_jwk, sealed_private_key, signs_from FROM signing_keys ORDER BY signs_from DESC, kid DESC LIMIT 20',
      [],
      { name: 'signing-keys-list' },
    );
    return rows.map((row) => {
      const openedWith = (value: string) => open(value, purposeOf(row.kid), row.sealed_private_key);
      const ofNewest = openedWith(secret);
      const der = ofNewest ?? (previousSecret === undefined ? undefined : openedWith(previousSecret));
      return {
        kid: row.kid,
        publicJwk: row.public_jwk,
        signsFrom: row.signs_from,
        privateKey: der && createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }),
        isOfFormerSecret: !ofNewest && der !== undefined,
      };
    });
  },

  /** Runs `work` in a transaction while no other replica changes the keys. */
  changing: <T>(work: (tx: Sql) => Promise<T>): Promise<T> =>
    database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1)', [rotationLock]);
      return work(tx);
    }),

  /** Makes a new Ed25519 key that signs from the given time on. */
  create: async (tx: Sql, signsFrom: Date): Promise<void> => {
    const kid = randomUUID();
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const publicJwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'EdDSA', use: 'sig' };
    const sealed = seal(secret, purposeOf(kid), privateKey.export({ format: 'der', type: 'pkcs8' }));
    await tx.query(
      'INSERT INTO signing_keys (kid, public_jwk, sealed_private_key, signs_from) VALUES ($1, $2, $3, $4)',
      [kid, JSON.stringify(publicJwk), sealed, signsFrom],
    );
  },

  remove: async (tx: Sql, kids: readonly string[]): Promise<void> => {
    await tx.query('DELETE FROM signing_keys WHERE kid = ANY ($1)', [kids]);
  },
});

export type SigningKeyRepository = ReturnType<typeof createSigningKeyRepository>;
