import { parseEvent } from '../contracts/events/topics.ts';
import { UserServiceDefinition } from '../contracts/generated/cloudmart/user/v1/user.ts';
import { keyDoors } from '../contracts/http/discovery-doors.ts';
import { sealLetter } from '../kit/auth/sealed-letter.ts';
import { createTokenVerifier } from '../kit/auth/token-verifier.ts';
import type { ServiceContext } from '../kit/context.ts';
import { createConsumer } from '../kit/events/consumer.ts';
import type { Handlers } from '../kit/events/handlers.ts';
import { addToOutbox } from '../kit/events/outbox.ts';
import { createGrpcServer } from '../kit/grpc/grpc-server.ts';
import { addDoors } from '../kit/http/doors.ts';
import { createHttpServer } from '../kit/http/http-server.ts';
import { openOwned } from '../kit/start/open-owned.ts';
import { startAtZero } from '../kit/telemetry/metrics.ts';
import type { UserConfig } from './config.ts';
import { type CartNews, handleCartEvent } from './events/on-cart-event.ts';
import { userCallers, userGrpc } from './grpc/user-grpc.ts';
import { createKeyRing } from './key-ring.ts';
import type { manifest as declared } from './manifest.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createAddressRepository } from './storage/address-repository.ts';
import { createConfiguredStaffRepository } from './storage/configured-staff-repository.ts';
import { createLoginAttemptRepository } from './storage/login-attempt-repository.ts';
import { createMailedLinkRepository } from './storage/mailed-link-repository.ts';
import { createReminderRepository } from './storage/reminder-repository.ts';
import { createSessionRepository } from './storage/session-repository.ts';
import { createSigningKeyRepository } from './storage/signing-key-repository.ts';
import { createStaffRepository } from './storage/staff-repository.ts';
import { createUserRepository } from './storage/user-repository.ts';
import { authenticate } from './use-cases/authenticate.ts';
import { configureStaff } from './use-cases/configure-staff.ts';
import { refreshSession } from './use-cases/refresh-session.ts';
import { registerUser } from './use-cases/register-user.ts';
import { mailResetLink, resetQueue } from './use-cases/request-reset.ts';
import { resetPassword } from './use-cases/reset-password.ts';
import { rotateSigningKeys } from './use-cases/rotate-signing-keys.ts';
import type { UserEffects } from './use-cases/user-effects.ts';

/** Keys last for 30 days; looking every hour makes the next one long before it is needed. */
const rotateEverySeconds = 3_600;
const tidyEverySeconds = 3_600;

/** The next key is published long before it signs. */
const keysMayBeKept = { 'cache-control': 'public, max-age=300' };

/** Wires accounts and sessions: what main.ts runs and what the tests run. */
export const userApp = async (context: ServiceContext<UserConfig>) => {
  const { manifest, config, logger, metrics, clock, ids, functions } = context;
  const owned = await openOwned(context);
  const { database, log, jobs } = owned;

  const logins = metrics.counter({
    name: 'logins_total',
    help: 'Attempts to sign in, by outcome.',
    labels: ['outcome'],
  });
  startAtZero(logins, [{ outcome: 'accepted' }, { outcome: 'refused' }, { outcome: 'throttled' }]);
  const reused = metrics.counter({
    name: 'refresh_tokens_reused_total',
    help: 'Refresh tokens that came back after their successor was used: stolen, or a client with a fault.',
  });
  const signingKeys = createSigningKeyRepository(database, config.own.KEY_ENCRYPTION_SECRET);
  const keyRing = createKeyRing({ readKeys: () => signingKeys.list(), clock });
  const sessions = createSessionRepository(database);
  const loginAttempts = createLoginAttemptRepository(database);
  const staff = createStaffRepository(database);
  const mailedLinks = createMailedLinkRepository(database);
  const parts: UserEffects = {
    sessions,
    loginAttempts,
    mailedLinks,
    reminders: createReminderRepository(),
    keyRing,
    clock,
    ids,
    users: createUserRepository(database),
    addresses: createAddressRepository(database),
    passwords: createPasswordHasher(),
    transaction: (work) => database.transaction(work),
    publish: (tx, events) => addToOutbox(tx, 'user-events', events),
    sealLetter: (place, letter) => sealLetter(config.own.MAIL_SEAL_SECRET, place, letter),
    countLogin: (outcome) => logins.inc({ outcome }),
    countReusedToken: () => reused.inc(),
  };

  await rotateSigningKeys({ signingKeys, clock });
  await keyRing.reload();
  await configureStaff(
    { ...parts, staff, configuredStaff: createConfiguredStaffRepository() },
    { email: config.own.STAFF_EMAIL, password: config.own.STAFF_PASSWORD },
  );

  functions.register({ registerUser, authenticate, refreshSession, resetPassword, handleCartEvent });
  jobs.work(resetQueue, {}, ({ email }: { readonly email: string }) => mailResetLink(parts, email));
  jobs.schedule('rotate-signing-keys', rotateEverySeconds, () => rotateSigningKeys({ signingKeys, clock }));
  jobs.schedule('remove-ended-sessions', tidyEverySeconds, async () => {
    await sessions.removeEnded(clock.now());
    await loginAttempts.removeOld(clock.now());
    await mailedLinks.removeOld(clock.now());
  });

  const consumer = createConsumer({
    service: manifest.name,
    database,
    log,
    logger,
    metrics,
    clock,
    parse: parseEvent,
    handlers: {
      'cart-events': {
        'cart.abandoned.v1': (event: CartNews, tx) => handleCartEvent(parts, event, tx),
        'cart.checked-out.v1': (event: CartNews, tx) => handleCartEvent(parts, event, tx),
      },
    } satisfies Handlers<typeof declared.consumes>,
  });

  const verifyToken = createTokenVerifier({ keys: keyRing.verificationKeys });
  const http = await createHttpServer({ context, verifyToken });
  addDoors(http, keyDoors, {
    keys: async () => ({ headers: keysMayBeKept, body: { ...(await keyRing.published()) } }),
  });
  const grpc = createGrpcServer({ context, verifyToken }).add(
    UserServiceDefinition,
    userGrpc({ ...parts, jobs, staff }),
    userCallers,
  );

  return owned.running({ http, grpc, consumer });
};
