import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { grpcServerConfig, llmConfigFields } from './fields.js';
import { ConfigError, parseConfig } from './read-config.js';

const schema = grpcServerConfig.extend(llmConfigFields);
const valid = { TRPROMPT_LLM_BASE_URL: 'http://127.0.0.1:1/v1', TRPROMPT_LLM_MODEL: 'm' };

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(schema, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration of a service', () => {
  it('fills in defaults and converts numbers and flags', () => {
    const config = parseConfig(schema, { ...valid, TRPROMPT_PORT: '50051', TRPROMPT_EXIT_WITH_PARENT: '1' });
    expect(config).toMatchObject({
      TRPROMPT_HOST: '127.0.0.1',
      TRPROMPT_PORT: 50051,
      TRPROMPT_EXIT_WITH_PARENT: true,
      TRPROMPT_LLM_CONCURRENCY: 64,
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseConfig(schema, { ...valid, TRPROMPT_PORT: '' }).TRPROMPT_PORT).toBe(0);
  });

  it('reads no variable that the schema does not name', () => {
    expect(parseConfig(z.object({ A: z.string() }), { A: 'x', B: 'y' })).toEqual({ A: 'x' });
  });

  it('lists every problem with variable, value and what is allowed', () => {
    const problems = problemsOf({ TRPROMPT_LLM_BASE_URL: 'nowhere', TRPROMPT_PORT: '70000' });
    expect(problems).toHaveLength(3);
    expect(problems.join('\n')).toMatch(/TRPROMPT_PORT is "70000": .*0 to 65535/);
    expect(problems.join('\n')).toMatch(/TRPROMPT_LLM_BASE_URL is "nowhere"/);
    expect(problems.join('\n')).toMatch(/TRPROMPT_LLM_MODEL is not set/);
  });

  it('does not print secrets', () => {
    const secret = parseConfig.bind(undefined, z.object({ MY_TOKEN: z.string().max(3) }), {
      MY_TOKEN: 'hunter22',
    });
    expect(secret).toThrow(/\[hidden\]/);
    expect(secret).not.toThrow(/hunter22/);
  });
});
