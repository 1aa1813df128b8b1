import { isRunning, parentOf, startedAt } from '../setup/processes.mjs';

const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
/** How often to look whether npm is still there. Milliseconds. */
const lookEvery = process.platform === 'linux' ? 500 : 3000;

/**
 * The first Ctrl-C, termination, or death of the npm that runs us ends in an orderly stop, a second signal at once.
 * @returns {{ promise: Promise<never>, reason: Error, exitCode: number }} the promise rejects with the reason
 */
export function interruptible() {
  const state = { reason: new Error('interrupted'), exitCode: 130 };
  state.promise = new Promise((_, reject) => {
    let interrupted = false;
    const interrupt = (exitCode) => {
      interrupted = true;
      state.exitCode = exitCode;
      reject(state.reason);
    };
    for (const [signal, exitCode] of Object.entries(signals)) {
      process.on(signal, () => (interrupted ? process.exit(exitCode) : interrupt(exitCode)));
    }
    whenNpmIsGone(() => interrupt(signals.SIGTERM));
  });
  state.promise.catch(() => {});
  // With npm the terminal may be gone too: what is then said to nobody must not end us before the services.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return state;
}

/** npm hands no signal on to its scripts and does not end them when it is killed, so they have to look themselves. */
function whenNpmIsGone(act) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const shell = process.ppid;
  const above = [shell, parentOf(shell)].map((pid) => ({ pid, started: startedAt(pid ?? 0) }));
  const timer = setInterval(() => {
    if (above.every(isRunning)) return;
    clearInterval(timer);
    act();
  }, lookEvery);
  timer.unref();
}
