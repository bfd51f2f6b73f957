/** Any path of one shop, for the replay, which repeats and times what it asks whatever it is. */
import { askJson, type Call } from '../../services/contracts/http/ask.ts';

/** One request, by its method, body and credentials. */
export type ApiRequest = Omit<Call, 'baseUrl'>;

export type ApiClient = <Answer>(path: string, request?: ApiRequest) => Promise<Answer>;

/** `baseUrl` is the gateway's, without a trailing slash; deadlines and errors are those of `askJson`. */
export const createApiClient =
  (baseUrl: string): ApiClient =>
  (path, request) =>
    askJson(`${baseUrl}${path}`, request);
