import { z } from 'zod';

/** A template id such as "prompt-model/v1". */
export const templateId = z
  .string()
  .regex(/^[a-z0-9-]{1,64}\/v[1-9][0-9]{0,3}$/, 'must be a template id such as "prompt-model/v1"');

/** A template id, or empty for a default. */
export const templateIdOrEmpty = z
  .string()
  .regex(/^(?:[a-z0-9-]{1,64}\/v[1-9][0-9]{0,3})?$/, 'must be empty or a template id such as "critic/v1"');

/** The name of a model at an endpoint; empty for the service's own. */
export const modelName = z.string().max(256);

/** Text that stands in front of everything. */
export const systemText = z.string().max(20_000);

/** Questions in flight at once. */
export const concurrency = z.int().min(1).max(1024);

/** A count of examples or questions, 0 included. */
export const count = z.int().min(0).max(100_000);
