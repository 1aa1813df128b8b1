import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Logger } from '@trprompt/service';
import type { FastifyReply } from 'fastify';
import { toOpenAiError } from './openai-error.js';

/** Answers every error with an OpenAI-shaped body and logs those that are the engine's own fault. */
@Catch()
export class OpenAiErrorFilter implements ExceptionFilter {
  constructor(private readonly logger: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const answer = toOpenAiError(error);
    if (answer.status >= 500 && answer.status !== 503) this.logger.error({ err: error }, 'request failed');
    if (reply.sent || reply.raw.headersSent) return;
    void reply.status(answer.status).type('application/json').headers(answer.headers).send(answer.body);
  }
}
