/**
 * Who may do what at the public door, door by door and caller by caller, and each of OWASP's ten risks of APIs (2023), on the
 * whole platform.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { addressOf } from '../contracts/http/address-of.ts';
import { type RunningPlatform, startPlatform } from '../kit/testing/running-platform.ts';
import { impersonationBetweenServices } from './impersonation-between-services.ts';
import { brokenObjectLevelAuthorization } from './owasp/api01-broken-object-level-authorization.ts';
import { brokenAuthentication } from './owasp/api02-broken-authentication.ts';
import { brokenObjectPropertyLevelAuthorization } from './owasp/api03-broken-object-property-level-authorization.ts';
import { unrestrictedResourceConsumption } from './owasp/api04-unrestricted-resource-consumption.ts';
import { brokenFunctionLevelAuthorization } from './owasp/api05-broken-function-level-authorization.ts';
import { unrestrictedAccessToBusinessFlows } from './owasp/api06-unrestricted-access-to-business-flows.ts';
import { serverSideRequestForgery } from './owasp/api07-server-side-request-forgery.ts';
import { securityMisconfiguration } from './owasp/api08-security-misconfiguration.ts';
import { improperInventoryManagement } from './owasp/api09-improper-inventory-management.ts';
import { unsafeConsumptionOfApis } from './owasp/api10-unsafe-consumption-of-apis.ts';
import { type Ownership, promised, verdictOn } from './testing/authorisation.ts';
import { ask, type CallerName, callers, gatherPeople, newGuestCookie, type People } from './testing/people.ts';
import { type OpenDoor, shopDoors } from './testing/shop-doors.ts';

let platform: RunningPlatform;
let people: People;
beforeAll(async () => {
  platform = await startPlatform();
  people = await gatherPeople(platform);
});
afterAll(() => platform?.stop());

type Case = { readonly what: string; readonly owned: Ownership; params(): Record<string, string> };
type OwnedThing = Case & { readonly below: string; readonly owned: NonNullable<Ownership> };

/** Things that a path names and that belong to somebody; a door about one of them is tried with each. */
const ownedThings: readonly OwnedThing[] = [
  {
    below: '/orders/:id',
    what: 'an order of the owner',
    owned: { reachedBy: ['owner', 'staff', 'admin'] },
    params: () => ({ id: people.orders.owner }),
  },
  {
    below: '/orders/:id',
    what: 'an order of the guest',
    owned: { reachedBy: ['guest', 'staff', 'admin'] },
    params: () => ({ id: people.orders.guest }),
  },
  {
    below: '/me/addresses/:id',
    what: 'an address of the owner',
    owned: { reachedBy: ['owner'] },
    params: () => ({ id: people.addressId }),
  },
];

/** Values of a path that names nobody's thing in particular: those of the contract's examples. */
const exampleParams = ({ params }: OpenDoor): Record<string, string> =>
  Object.fromEntries(
    Object.entries(params?.shape ?? {}).map(([name, schema]) => {
      const example = (schema as { meta(): { example?: unknown } | undefined }).meta()?.example;
      if (typeof example !== 'string') throw new Error(`the parameter ${name} has no example`);
      return [name, example];
    }),
  );

/** Doors for whoever buys and for nobody in their place: they answer what lets a browser pay. */
const forBuyersAlone = ['orderDoors.continuePayment'];

const withoutStaff = (each: OwnedThing): OwnedThing => ({
  ...each,
  owned: { reachedBy: each.owned.reachedBy.filter((caller) => caller !== 'staff' && caller !== 'admin') },
});

const casesOf = (door: OpenDoor): readonly Case[] => {
  const owned = ownedThings
    .filter(({ below }) => door.path.startsWith(below))
    .map((each) => (forBuyersAlone.includes(door.name) ? withoutStaff(each) : each));
  return owned.length > 0 ? owned : [{ what: '', owned: undefined, params: () => exampleParams(door) }];
};

/** Doors by which somebody ends sessions of his own. */
const endsSessions = ['accountDoors.logOut', 'accountDoors.logOutEverywhere', 'sessionDoors.end'];

/** Doors that take what a guest did into an account; a guest who comes only for this loses nothing by it. */
const takesGuestsIn = ['accountDoors.register', 'accountDoors.logIn', 'sessionDoors.register', 'sessionDoors.begin'];

const headersFor = async ({ name }: OpenDoor, caller: CallerName) =>
  takesGuestsIn.includes(name) && caller.endsWith('guest') ? newGuestCookie(people.gateway) : people.headersOf[caller];

const askAs = async (door: OpenDoor, caller: CallerName, params: Record<string, string>) =>
  ask(people.gateway, addressOf({ path: door.at }, { params }), {
    method: door.method,
    ...(door.body && { body: door.body.meta()?.['example'] }),
    headers: {
      ...(door.headers && 'idempotency-key' in door.headers.shape && { 'idempotency-key': randomUUID() }),
      ...(await headersFor(door, caller)),
    },
  });

const matrix = shopDoors.flatMap((door) => casesOf(door).map((each) => ({ door, each })));

describe('who may do what, of every door and every caller,', () => {
  test.each(matrix.map(({ door, each }) => ({ title: `${door.method} ${door.at}`, about: each.what, door, each })))(
    'is what the table of doors says: $title $about',
    async ({ door, each: { owned, params } }) => {
      const got: Record<string, string> = {};
      const wanted: Record<string, string> = {};
      for (const caller of callers) {
        got[caller] = verdictOn(await askAs(door, caller, params()), owned);
        wanted[caller] = promised(door, caller, owned);
        if (endsSessions.includes(door.name)) await people.signInAgain();
      }
      expect(got).toEqual(wanted);
    },
  );

  test('leaves no door and no caller out', () => {
    expect(new Set(matrix.map(({ door }) => door.name))).toEqual(new Set(shopDoors.map(({ name }) => name)));
    expect(callers).toHaveLength(7);
    for (const { below } of ownedThings) expect(shopDoors.some(({ path }) => path.startsWith(below))).toBe(true);
  });
});

describe('npx cloudmart staff', () => {
  const staffJson = async (...words: string[]) => {
    const { code, stdout, stderr } = await platform.cloudmart('staff', ...words, '--json');
    return { code, stderr, said: stdout === '' ? undefined : JSON.parse(stdout) };
  };

  test('gives a role, lists it with its author, and takes it away', async () => {
    const { email, id } = people.accounts.colleague;
    const added = await staffJson('add', email.toUpperCase(), '--admin');
    expect([added.code, added.said.member.roles]).toEqual([0, ['customer', 'staff', 'admin']]);
    const listed = await staffJson('list');
    expect(listed.said.items.map((member: { id: string }) => member.id)).toContain(id);
    expect((await staffJson('remove', email)).code).toBe(0);
    const changes = (await staffJson('changes')).said.items.filter(
      (change: { userId: string }) => change.userId === id,
    );
    expect(changes.map(({ change, role, actorEmail }: Record<string, string>) => [change, role, actorEmail])).toEqual([
      ['removed', 'admin', platform.staff.email],
      ['added', 'admin', platform.staff.email],
      ['added', 'staff', platform.staff.email],
    ]);
    expect((await staffJson('add', email)).code).toBe(0);
    await people.signInAgain();
  });

  test('says why it could not, and changes nothing', async () => {
    const unknown = await staffJson('add', 'nobody@customers.example');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('staff.no-account')]);
    const last = await staffJson('remove', platform.staff.email);
    expect([last.code, last.stderr]).toEqual([1, expect.stringContaining('staff.last-admin')]);
    expect((await staffJson('add')).code).toBe(2);
    expect((await staffJson('list', 'somebody@customers.example')).code).toBe(2);
  });
});

const risks: Readonly<Record<string, (shop: () => People) => void>> = {
  'API1 broken object level authorization': brokenObjectLevelAuthorization,
  'API2 broken authentication': brokenAuthentication,
  'API3 broken object property level authorization': brokenObjectPropertyLevelAuthorization,
  'API4 unrestricted resource consumption': unrestrictedResourceConsumption,
  'API5 broken function level authorization': brokenFunctionLevelAuthorization,
  'API6 unrestricted access to sensitive business flows': unrestrictedAccessToBusinessFlows,
  'API7 server side request forgery': serverSideRequestForgery,
  'API8 security misconfiguration': securityMisconfiguration,
  'API9 improper inventory management': improperInventoryManagement,
  'API10 unsafe consumption of APIs': unsafeConsumptionOfApis,
  'impersonation between services': impersonationBetweenServices,
};

for (const [risk, tests] of Object.entries(risks)) describe(risk, () => tests(() => people));
