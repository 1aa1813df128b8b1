import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A child process that told where it listens. */
export interface ListeningProcess {
  pid: number;
  /** What it announced: host:port of a service, the base URL of an endpoint. */
  announced: Record<string, string>;
  /** Everything it wrote to standard error so far. */
  log(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with code and signal when it is gone. */
  exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** Ends it as its launcher's death would, and waits until it is gone; after ten seconds it is killed. */
  stop(): Promise<void>;
}

const STARTUP_MS = 60_000;
const GRACE_MS = 10_000;

/**
 * Starts a Node program and waits for its JSON line {"event":"listening",...} on standard output.
 * Rejects with what it wrote when it ends before that.
 */
export async function startListening(
  script: string,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<ListeningProcess> {
  const child = spawn(process.execPath, [script, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  child.stdin.on('error', () => undefined);
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
  const announced = await announcement(child, exited, () => `${script}\n${log}`);
  const stop = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await exited;
    clearTimeout(timer);
  };
  return {
    pid: child.pid ?? 0,
    announced,
    log: () => log,
    kill: (signal) => void child.kill(signal),
    exited,
    stop,
  };
}

async function announcement(
  child: ChildProcess,
  exited: Promise<{ code: number | null }>,
  context: () => string,
): Promise<Record<string, string>> {
  if (!child.stdout) throw new Error('the child has no standard output');
  const lines = createInterface({ input: child.stdout });
  const heard = new Promise<Record<string, string>>((resolve) => {
    lines.on('line', (line) => {
      if (line.startsWith('{"event":"listening"')) resolve(JSON.parse(line) as Record<string, string>);
    });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), STARTUP_MS);
  const gone = exited.then(({ code }): never => {
    throw new Error(`ended with ${code} before it listened: ${context()}`);
  });
  // When the process ends later, nobody waits for this any more.
  gone.catch(() => undefined);
  try {
    return await Promise.race([heard, gone]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether no such process runs; one that has ended and that nobody has waited for is gone as well (Linux). */
export function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return true;
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}
