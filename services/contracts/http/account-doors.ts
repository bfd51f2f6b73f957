/** Accounts and sessions: sign up, sign in, stay signed in, sign out, and the own profile. */
import { z } from 'zod';
import {
  loginBody,
  logoutBody,
  refreshBody,
  registerBody,
  requestResetBody,
  resetBody,
  tokensSchema,
  updateProfileBody,
  userSchema,
  verifyBody,
} from './auth-api.ts';
import type { Doors } from './door.ts';

const open = { access: 'public', tags: ['accounts'], method: 'POST' } as const;
// Attempts are counted together: guessing must not be twice as fast over two doors.
const attempt = { ...open, limit: 'attempts' } as const;
const own = { access: 'customer', tags: ['accounts'], path: '/me', answers: { 200: userSchema } } as const;

export const accountDoors = {
  register: {
    ...attempt,
    path: '/auth/register',
    summary: 'Make an account',
    body: registerBody,
    answers: { 201: tokensSchema },
    errors: ['user.email-taken', 'user.password-too-common'],
    rpc: { method: 'register', answer: 'tokens' },
  },
  logIn: {
    ...attempt,
    path: '/auth/login',
    summary: 'Sign in',
    body: loginBody,
    answers: { 200: tokensSchema },
    rpc: { method: 'authenticate', answer: 'tokens' },
  },
  // Not among the attempts: nobody guesses 256 bits, and who stays signed in must not take log-ins from his own network.
  refresh: {
    ...open,
    path: '/auth/refresh',
    summary: 'Stay signed in',
    body: refreshBody,
    answers: { 200: tokensSchema },
    rpc: { method: 'refresh', answer: 'tokens' },
  },
  logOut: {
    ...open,
    path: '/auth/logout',
    summary: 'Sign out',
    description: 'Ends the session of the access token, and that of the refresh token if one is given.',
    body: logoutBody,
    answers: { 204: z.null() },
    rpc: { method: 'logout' },
  },
  logOutEverywhere: {
    ...open,
    access: 'customer',
    path: '/auth/logout-everywhere',
    summary: 'Sign out on all devices',
    description: 'Ends every session of the account, this one too.',
    answers: { 204: z.null() },
    rpc: { method: 'logoutEverywhere' },
  },
  verify: {
    ...attempt,
    path: '/auth/verify',
    summary: 'Prove the e-mail address',
    description: 'By the token of the link that was mailed to it, which works once and for three days.',
    body: verifyBody,
    answers: { 204: z.null() },
    errors: ['auth.link-invalid'],
    rpc: { method: 'verifyEmail' },
  },
  requestVerification: {
    ...attempt,
    access: 'customer',
    path: '/auth/verify/request',
    summary: 'Have the link for the own e-mail address mailed again',
    answers: { 204: z.null() },
    rpc: { method: 'requestVerification' },
  },
  requestReset: {
    ...attempt,
    path: '/auth/reset/request',
    summary: 'Have a link to set a new password mailed',
    description:
      'The answer is the same whether or not the address has an account. The link works once and for 30 minutes.',
    body: requestResetBody,
    answers: { 204: z.null() },
    rpc: { method: 'requestReset' },
  },
  reset: {
    ...attempt,
    path: '/auth/reset',
    summary: 'Set a new password by a mailed link',
    description: 'Ends every session of the account.',
    body: resetBody,
    answers: { 204: z.null() },
    errors: ['auth.link-invalid', 'user.password-too-common'],
    rpc: { method: 'resetPassword' },
  },
  profile: { ...own, method: 'GET', summary: 'The own profile', rpc: { method: 'getProfile', answer: 'user' } },
  updateProfile: {
    ...own,
    method: 'PATCH',
    summary: 'Change the own name or password',
    description: 'A new password ends all other sessions.',
    body: updateProfileBody,
    errors: ['user.wrong-password', 'user.password-too-common'],
    rpc: { method: 'updateProfile', answer: 'user' },
  },
} as const satisfies Doors;
