import { afterEach, describe, expect, it, vi } from 'vitest';
import { processIo } from './io.js';

afterEach(() => vi.restoreAllMocks());

describe('Ctrl-C', () => {
  it('is handled once, while the listener stays, so that nothing else ends the process before it has detached', () => {
    const before = process.listenerCount('SIGINT');
    const handler = vi.fn<() => void>();
    const forget = processIo().onInterrupt(handler);
    process.emit('SIGINT');
    expect(handler).toHaveBeenCalledTimes(1);
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    forget();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  it('ends the process with 130 the second time', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('exited');
    });
    const forget = processIo().onInterrupt(() => undefined);
    process.emit('SIGINT');
    expect(() => process.emit('SIGINT')).toThrow('exited');
    expect(exit).toHaveBeenCalledWith(130);
    forget();
  });
});
