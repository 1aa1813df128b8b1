import type { GradingSettings } from '@trprompt/core';
import { GraderFailure } from '../grader.js';

/**
 * Checks that an endpoint is at a permitted host.
 * @param hosts names with or without a port; undefined: any
 * @throws GraderFailure
 */
export function checkHost(
  { url, grpc }: GradingSettings['custom'],
  hosts: readonly string[] | undefined,
): void {
  if (hosts === undefined) return;
  const [field, host] =
    url === '' ? ['grpc', grpc.replace(/^dns:\/\/\//, '')] : ['url', URL.parse(url)?.host ?? ''];
  const name = host.replace(/:\d+$/, '');
  if (hosts.includes(host) || hosts.includes(name)) return;
  throw new GraderFailure(
    `grading.custom.${field} is at ${host}, which is not permitted here: the operator has to add it to TRPROMPT_GRADER_HOSTS of coordinator and textgrad`,
  );
}
