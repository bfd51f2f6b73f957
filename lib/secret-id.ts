import { isCallSecretName } from '../services/kit/call-secret.ts';
import { prefixOf } from './names.ts';

/**
 * Id in Secrets Manager of the secret that a service knows under a key: `<prefix>/user/STAFF_PASSWORD`; that of a caller and a callee,
 * which both know under one key, names no service besides: `<prefix>/CALL_SECRET_ORDER_TO_PAYMENT`.
 */
export const secretId = (environment: string, service: string, key: string): string =>
  `${prefixOf(environment)}/${isCallSecretName(key) ? key : `${service}/${key}`}`;
