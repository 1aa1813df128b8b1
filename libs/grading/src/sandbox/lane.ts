import { fork, type ChildProcess } from 'node:child_process';
import { SandboxFailure, type SandboxProblem } from './failure.js';
import type { FromChild, Task, ToChild } from './protocol.js';

/** Milliseconds in which a process has to be ready. */
const LOAD_MS = 10_000;
/** A timer that is later than this was held up by this process, milliseconds. */
const HELD_UP_MS = 20;
/** What is granted for that at most, milliseconds. */
const MOST_GRACE_MS = 150;
/** Characters of a request from which on handing it over takes noticeable time. */
const LONG = 256 * 1024;
/** Memory that Node.js itself takes, MiB. */
const OWN_MIB = 96;

/** A sandboxed process reads files, but writes none and starts no processes, where Node.js can see to that (from 22.13). */
const permissions = process.allowedNodeEnvironmentFlags.has('--permission')
  ? ['--permission', '--allow-fs-read=*', '--allow-worker']
  : [];

/** A request under way. */
export interface Job {
  request: unknown;
  /** Characters of the request, roughly. */
  size: number;
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

export interface Limits {
  /** Milliseconds that one request may take. */
  timeoutMs: number;
  /** MiB that a process may use, beside its own. */
  memoryMiB: number;
}

/** What a lane tells its pool. */
export interface LaneEvents {
  /** It has room again. */
  free: () => void;
  /** It is gone; `left` had not begun. */
  gone: (left: Job[], unusable: SandboxFailure | undefined) => void;
}

/** One process and the requests that it works off in order. It is killed when one takes too long, and never used again then. */
export class Lane {
  readonly #child: ChildProcess;
  readonly #jobs: { id: number; job: Job }[] = [];
  #ids = 0;
  #ready = false;
  #gone = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    task: Task,
    private readonly limits: Limits,
    private readonly events: LaneEvents,
  ) {
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    const { memoryMiB } = limits;
    // Environment and output stay here: a user's module has no business with a service's passwords and log.
    this.#child = fork(
      new URL(`./child.${extension}`, import.meta.url),
      [JSON.stringify({ task, memoryMiB: memoryMiB + OWN_MIB })],
      {
        execArgv: ['--no-warnings', ...permissions, `--max-old-space-size=${memoryMiB}`],
        env: {},
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        serialization: 'json',
      },
    );
    this.#child.unref();
    this.#child.channel?.unref();
    this.#child.on('message', (message) => this.#hear(message as FromChild));
    this.#child.on('error', (error) => this.#end('unusable', `cannot be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#exited(code, signal));
    this.#watch(LOAD_MS, 'unusable', `is not ready after ${LOAD_MS / 1000} s`);
  }

  /** Requests that are under way or wait here. */
  get load(): number {
    return this.#jobs.length;
  }

  /** Characters of all these. */
  get size(): number {
    return this.#jobs.reduce((total, { job }) => total + job.size, 0);
  }

  take(job: Job): void {
    const id = this.#ids++;
    this.#jobs.push({ id, job });
    if (!this.#ready) return;
    this.#send(id, job);
    if (this.#jobs.length === 1) this.#begin();
  }

  /** Ends the process; what is under way fails. */
  async close(): Promise<void> {
    if (this.#gone) return;
    // What waits for its end keeps this process alive, unlike a process that only stands ready.
    this.#child.ref();
    const gone = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#end('ended', 'was closed');
    await gone;
  }

  #send(id: number, { request, size }: Job): void {
    const message: ToChild = { id, announce: size >= LONG, request };
    // What cannot be delivered is found out by the exit of the process.
    this.#child.send(message, () => undefined);
  }

  #begin(): void {
    const { timeoutMs } = this.limits;
    this.#watch(timeoutMs, 'time', `took longer than ${timeoutMs / 1000} s`);
  }

  #watch(milliseconds: number, problem: SandboxProblem, text: string): void {
    clearTimeout(this.#timer);
    const due = performance.now() + milliseconds;
    const expired = (): void => {
      const head = this.#jobs[0]?.id;
      const late = performance.now() - due;
      const end = (): void => {
        if (this.#jobs[0]?.id === head && !(problem === 'unusable' && this.#ready)) this.#end(problem, text);
      };
      // When this process itself was held up, the answer may be there already: it is read before the verdict.
      if (late > HELD_UP_MS) this.#timer = setTimeout(end, Math.min(late, MOST_GRACE_MS));
      else setImmediate(end);
    };
    this.#timer = setTimeout(expired, milliseconds);
  }

  #hear(message: FromChild): void {
    if (this.#gone) return;
    if (message.type === 'unusable') {
      this.#end('unusable', message.reason);
      return;
    }
    if (message.type === 'crashed') {
      const blamed = this.#jobs[0]?.id === message.id;
      this.#end(blamed ? 'threw' : 'none', message.reason);
      return;
    }
    if (message.type === 'ready') {
      this.#ready = true;
      clearTimeout(this.#timer);
      for (const { id, job } of this.#jobs) this.#send(id, job);
    } else {
      const head = this.#jobs[0];
      if (head?.id !== message.id) return;
      if (message.type === 'begun') {
        this.#begin();
        return;
      }
      this.#jobs.shift();
      clearTimeout(this.#timer);
      if (message.type === 'done') head.job.resolve(message.answer);
      else head.job.reject(new SandboxFailure('threw', message.reason));
    }
    if (this.#jobs.length > 0) this.#begin();
    this.events.free();
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    if (!this.#ready) this.#end('unusable', `its process ended at once (${signal ?? `exit code ${code}`})`);
    else if (signal === 'SIGKILL' || signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134)
      this.#end('memory', `used more than ${this.limits.memoryMiB} MiB of memory`);
    else this.#end('ended', `ended its process (${signal ?? `exit code ${code}`})`);
  }

  /** Blames the request at the head, unless there is no one to blame; the others had not begun. */
  #end(problem: SandboxProblem | 'none', text: string): void {
    if (this.#gone) return;
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#child.kill('SIGKILL');
    const failure = problem === 'none' ? undefined : new SandboxFailure(problem, text);
    const unusable = problem === 'unusable' ? failure : undefined;
    if (failure && !unusable) this.#jobs.shift()?.job.reject(failure);
    this.events.gone(
      this.#jobs.splice(0).map(({ job }) => job),
      unusable,
    );
  }
}
