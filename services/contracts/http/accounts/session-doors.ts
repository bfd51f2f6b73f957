/** Sessions of browsers: tokens travel in cookies that no script can read, and never in an answer. */
import { z } from 'zod';
import type { Doors } from '../door.ts';
import { loginBody, registerBody, userSchema } from './auth-api.ts';

const open = { access: 'public', tags: ['accounts'] } as const;
// Counted with those of the doors that answer with tokens.
const attempt = { ...open, method: 'POST', limit: 'attempts' } as const;

const user = userSchema.meta()?.['example'];
const sessionAnswer = z.strictObject({ user: userSchema.nullable() }).meta({ example: { user } });
const signedIn = z.strictObject({ user: userSchema }).meta({ example: { user } });

export const sessionDoors = {
  show: {
    ...open,
    method: 'GET',
    path: '/session',
    summary: 'Who is signed in at this browser',
    description: 'Null for a guest, and for a session whose access token is over: refresh it then, or sign in again.',
    answers: { 200: sessionAnswer },
  },
  begin: {
    ...attempt,
    path: '/session',
    summary: 'Sign in at this browser',
    body: loginBody,
    answers: { 200: signedIn },
  },
  register: {
    ...attempt,
    path: '/session/register',
    summary: 'Make an account and sign in at this browser',
    body: registerBody,
    answers: { 201: signedIn },
    errors: ['user.email-taken', 'user.password-too-common'],
  },
  refresh: {
    ...open,
    method: 'POST',
    path: '/session/refresh',
    summary: 'Stay signed in at this browser',
    description: 'Null when there is no session to go on with; its cookies are gone then.',
    answers: { 200: sessionAnswer },
  },
  end: { ...open, method: 'DELETE', path: '/session', summary: 'Sign out at this browser', answers: { 204: z.null() } },
} as const satisfies Doors;
