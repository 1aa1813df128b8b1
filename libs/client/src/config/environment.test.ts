import { describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';

describe('the environment', () => {
  it('names the coordinator and a token; empty is not set', () => {
    expect(readEnvironment({ TRPROMPT_ADDRESS: 'mesh:50050', TRPROMPT_TOKEN: '' })).toMatchObject({
      address: 'mesh:50050',
      token: undefined,
    });
  });

  it('switches colours off before anything switches them on', () => {
    expect(readEnvironment({}).color).toBe('auto');
    expect(readEnvironment({ FORCE_COLOR: '1' }).color).toBe('always');
    expect(readEnvironment({ FORCE_COLOR: '1', NO_COLOR: '1' }).color).toBe('never');
    expect(readEnvironment({ TERM: 'dumb' }).color).toBe('never');
  });

  it('takes the folder where npm was called only for the command’s own script', () => {
    const called = { INIT_CWD: '/home/me/data' };
    expect(readEnvironment({ ...called, npm_lifecycle_event: 'trprompt' }).workingDirectory).toBe(
      '/home/me/data',
    );
    expect(readEnvironment({ ...called, npm_lifecycle_event: 'test' }).workingDirectory).toBeUndefined();
  });
});
