import type { ServiceImplementation } from 'nice-grpc';
import * as z from 'zod';
import { UserServiceDefinition } from '../../contracts/generated/cloudmart/user/v1/user.ts';
import { accountDoors } from '../../contracts/http/accounts/account-doors.ts';
import { mailDoors } from '../../contracts/http/accounts/mail-doors.ts';
import { staffDoors } from '../../contracts/http/accounts/staff-doors.ts';
import { idSchema, userIdSchema } from '../../contracts/http/values.ts';
import type { GrpcCall } from '../../kit/grpc/call-guard.ts';
import { answerCalls } from '../../kit/grpc/door-calls.ts';
import type { CallersOf } from '../../kit/grpc/grpc-server.ts';
import { parseRequest } from '../../kit/grpc/parse-request.ts';
import type { StaffEffects } from '../use-cases/change-staff.ts';
import { type AccountParts, accountHandlers, mailHandlers } from './account-handlers.ts';
import { staffHandlers } from './staff-handlers.ts';

const checkSessionRequest = z.object({ userId: userIdSchema, sessionId: idSchema('fam') });

/** People come by the public door; orders ask for the buyer's profile. */
export const userCallers: CallersOf<UserServiceDefinition> = {
  register: ['api-gateway'],
  authenticate: ['api-gateway'],
  refresh: ['api-gateway'],
  logout: ['api-gateway'],
  getProfile: ['api-gateway', 'order'],
  updateProfile: ['api-gateway'],
  checkSession: ['api-gateway'],
  logoutEverywhere: ['api-gateway'],
  verifyEmail: ['api-gateway'],
  requestVerification: ['api-gateway'],
  requestReset: ['api-gateway'],
  resetPassword: ['api-gateway'],
  stopReminders: ['api-gateway'],
  listAddresses: ['api-gateway'],
  addAddress: ['api-gateway'],
  changeAddress: ['api-gateway'],
  removeAddress: ['api-gateway'],
  exportData: ['api-gateway'],
  deleteAccount: ['api-gateway'],
  listStaff: ['api-gateway'],
  addStaff: ['api-gateway'],
  removeStaff: ['api-gateway'],
  listStaffChanges: ['api-gateway'],
};

/** The service of cloudmart/user/v1/user.proto: the doors of accounts, and whether a session may still act. */
export const userGrpc = (
  parts: AccountParts & StaffEffects,
): ServiceImplementation<UserServiceDefinition, GrpcCall> => ({
  ...answerCalls(UserServiceDefinition, accountDoors, accountHandlers(parts)),
  ...answerCalls(UserServiceDefinition, mailDoors, mailHandlers(parts)),
  ...answerCalls(UserServiceDefinition, staffDoors, staffHandlers(parts)),
  checkSession: async (request) => {
    const { userId, sessionId } = parseRequest(checkSessionRequest, request);
    return { active: await parts.sessions.isActive(userId, sessionId, parts.clock.now()) };
  },
});
