/** Answers whose bytes stay the same while the process runs, however many ask for them and however slowly they read. */
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isKnownTag } from './entity-tag.ts';

const compress = {
  // The level above would take four times as long for 4 % less.
  br: (content: Buffer): Promise<Buffer> =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (content: Buffer): Promise<Buffer> => promisify(gzip)(content),
  identity: async (content: Buffer): Promise<Buffer> => content,
};
type Coding = keyof typeof compress;

/** The smallest form that an `accept-encoding` such as `gzip, br;q=0.5` allows. */
const codingFor = (accepted = '', otherwise: Coding): Coding => {
  const allows = (coding: Coding) =>
    accepted.split(',').some((entry) => {
      const [name = '', weight = '1'] = entry.split(/;\s*q=/i);
      return name.trim().toLowerCase() === coding && Number(weight) > 0;
    });
  return allows('br') ? 'br' : allows('gzip') ? 'gzip' : otherwise;
};

export type FixedAnswer = {
  /** 16 hexadecimal digits that change with the content. */
  readonly version: string;
  /** Answers 200, or 304 to whom has it already; `cacheControl` says how long it may be kept without asking again. */
  send(request: FastifyRequest, reply: FastifyReply, cacheControl: string): Promise<FastifyReply>;
};

export type FixedAnswerOptions = {
  readonly contentType: string;
  /**
   * Whether who does not say that it reads compressed content gets it compressed too; default false. For what only browsers read:
   * what a slow reader leaves unread stays in the kernel's memory.
   */
  readonly isAlwaysCompressed?: boolean;
};

/**
 * Each form of the content is made when it is first asked for and kept: all answers send the same buffer, so that a request costs
 * the process no memory of its own.
 */
export const createFixedAnswer = (
  content: Buffer,
  { contentType, isAlwaysCompressed = false }: FixedAnswerOptions,
): FixedAnswer => {
  const version = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const forms = new Map<Coding, Promise<Buffer>>();
  const formOf = (coding: Coding) => {
    const form = forms.get(coding) ?? compress[coding](content);
    forms.set(coding, form);
    return form;
  };
  return {
    version,
    send: async (request, reply, cacheControl) => {
      const coding = codingFor(request.headers['accept-encoding'], isAlwaysCompressed ? 'gzip' : 'identity');
      const tag = `"${version}-${coding}"`;
      reply.headers({ etag: tag, vary: 'accept-encoding', 'cache-control': cacheControl });
      if (isKnownTag(tag, request.headers['if-none-match'])) return reply.code(304).send();
      if (coding !== 'identity') reply.header('content-encoding', coding);
      return reply.type(contentType).send(await formOf(coding));
    },
  };
};
