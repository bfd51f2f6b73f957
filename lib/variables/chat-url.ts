import type { Environment } from '../environment/environment.ts';
import { hasChat } from '../environment/readiness.ts';
import { outputNames } from '../outputs/stack-outputs.ts';

/** CHAT_URL on AWS; undefined where nobody reads a chat. Holds a token. */
export const chatUrlOf = (environment: Environment, outputOf: (name: string) => string): string | undefined =>
  hasChat(environment) ? `sns:${outputOf(outputNames.chatTopic)}` : undefined;
