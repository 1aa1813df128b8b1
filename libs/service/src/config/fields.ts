import { z } from 'zod';

/** A boolean environment variable: 1, true, yes, on or 0, false, no, off. */
export function flag(fallback: boolean): z.ZodType<boolean> {
  return z
    .stringbool({ truthy: ['1', 'true', 'yes', 'on'], falsy: ['0', 'false', 'no', 'off'] })
    .default(fallback);
}

const port = z.coerce.number().int().min(0).max(65535);

/** What every service of the mesh reads. */
export const serverConfig = z.object({
  TRPROMPT_HOST: z.string().default('127.0.0.1').describe('address to listen on'),
  TRPROMPT_PORT: port.default(0).describe('port to listen on, 0 to 65535; 0 picks a free one'),
  TRPROMPT_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('least severe level that is logged'),
  TRPROMPT_DRAIN_SECONDS: z.coerce
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('seconds that running requests get to finish at shutdown, 0 to 3600'),
  TRPROMPT_EXIT_WITH_PARENT: flag(false).describe('exit when standard input closes: no orphan of a launcher'),
});

/** What every gRPC service of the mesh reads. */
export const grpcServerConfig = serverConfig.extend({
  TRPROMPT_METRICS_PORT: port
    .optional()
    .describe('port of the Prometheus endpoint /metrics, 0 picks a free one; not set: none'),
  TRPROMPT_MAX_CONNECTION_AGE_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(86_400)
    .optional()
    .describe(
      'seconds after which a client connection is renewed, so that clients find new replicas; not set: never',
    ),
});

export type ServerConfig = z.infer<typeof serverConfig>;
export type GrpcServerConfig = z.infer<typeof grpcServerConfig>;

/** The inference endpoint and the templates of a service that calls a model. */
export const llmConfigFields = {
  TRPROMPT_LLM_BASE_URL: z.url().describe('base URL of an OpenAI-compatible endpoint, ends in /v1'),
  TRPROMPT_LLM_API_KEY: z.string().default('none').describe('bearer token of the endpoint'),
  TRPROMPT_LLM_MODEL: z.string().min(1).describe('model name used when a request names none'),
  TRPROMPT_LLM_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(4096)
    .default(64)
    .describe('calls in flight at once, 1 to 4096'),
  TRPROMPT_LLM_TIMEOUT_SECONDS: z.coerce
    .number()
    .min(1)
    .max(3600)
    .default(120)
    .describe('seconds that one call may take, 1 to 3600'),
  TRPROMPT_TEMPLATES: z
    .string()
    .optional()
    .describe('folder of template files; not set: those that ship with the mesh'),
};
