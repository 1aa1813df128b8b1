import { createHash } from 'node:crypto';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm, python } from './fake-tools.js';

const project = fileURLToPath(new URL('../..', import.meta.url));
const model = 'a very small model';

/** A set-up that was started, and what it has printed so far. */
export interface SetupRun {
  process: ChildProcess;
  output(): string;
  /** Exit code, or the signal that ended it. */
  ended: Promise<number | string>;
}

/** A folder with the real set-up script, a tiny package, and a PATH of nothing but stand-ins. */
export class FakeCheckout {
  readonly root = mkdtempSync(join(tmpdir(), 'trprompt-setup-'));
  readonly bin = join(this.root, 'tools');
  private readonly runs: SetupRun[] = [];

  constructor() {
    cpSync(join(project, 'scripts'), join(this.root, 'scripts'), { recursive: true });
    this.write('package.json', '{"name":"fake","private":true}');
    this.write('package-lock.json', '{"packages":{}}');
    this.write('libs/a/package.json', '{"name":"a","scripts":{"build":"tsc"}}');
    this.write('libs/a/src/index.ts', 'export const a = 1;');
    for (const folder of ['proto', 'services/b', 'test']) this.write(`${folder}/readme`, '');
    for (const kind of ['', '-uv', '-model'])
      this.write(`services/trainer/worker/requirements${kind}.txt`, 'pinned');
    this.write('served-model', model);
    this.expectModel(model);
    mkdirSync(this.bin);
    for (const tool of ['sh', 'mkdir', 'cp', 'cat', 'rm', 'sleep', 'dirname', 'chmod', 'ps']) {
      symlinkSync(
        execFileSync('/bin/sh', ['-c', `command -v ${tool}`])
          .toString()
          .trim(),
        join(this.bin, tool),
      );
    }
    symlinkSync(process.execPath, join(this.bin, 'node'));
    this.tool('npm', npm);
    this.python('python3', '3 11 venv True /usr/bin/python3');
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  has(path: string): boolean {
    return existsSync(join(this.root, path));
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true, force: true });
  }

  tool(name: string, script: string): void {
    writeFileSync(join(this.bin, name), script);
    chmodSync(join(this.bin, name), 0o755);
  }

  /** A Python on the PATH that answers set-up's question about itself so. */
  python(name: string, answer: string): void {
    this.tool(name, python);
    const path = join(this.bin, name);
    writeFileSync(join(this.bin, 'python.answer'), answer.replace('/usr/bin/python3', path));
  }

  /** The copied script expects this content instead of the 94 MB of the real model. */
  private expectModel(content: string): void {
    const path = 'scripts/setup/model.mjs';
    const hash = createHash('sha256').update(content).digest('hex');
    const source = this.read(path)
      .replace(/modelSha256 = '[0-9a-f]{64}'/, `modelSha256 = '${hash}'`)
      .replace(/modelBytes = [\d_]+/, `modelBytes = ${content.length}`);
    this.write(path, source);
  }

  /** Names of the tools that were called since the last look, in order. */
  commands(): string[] {
    const called = this.has('commands.log') ? this.read('commands.log').trim().split('\n') : [];
    this.remove('commands.log');
    return called.map((line) => line.split(' ')[0] ?? '');
  }

  start(args: readonly string[] = [], nodeArgs: readonly string[] = []): SetupRun {
    const child = spawn(process.execPath, [...nodeArgs, 'scripts/setup.mjs', ...args], {
      cwd: this.root,
      env: { PATH: this.bin, HOME: this.root },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    }
    const ended = new Promise<number | string>((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? code ?? 0));
    });
    const run = { process: child, output: () => output, ended };
    this.runs.push(run);
    return run;
  }

  /** Runs set-up to its end. */
  async setUp(
    args: readonly string[] = [],
    nodeArgs: readonly string[] = [],
  ): Promise<{ code: number | string; output: string }> {
    const run = this.start(args, nodeArgs);
    const code = await run.ended;
    return { code, output: run.output() };
  }

  /** The id of a dawdling tool, once it runs. */
  async dawdler(tool: string): Promise<number> {
    for (;;) {
      const pid = this.has(`${tool}.pid`) ? Number(this.read(`${tool}.pid`)) : 0;
      if (pid > 0) return pid;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async close(): Promise<void> {
    for (const run of this.runs) {
      if (run.process.exitCode === null && run.process.signalCode === null) run.process.kill('SIGTERM');
      await run.ended;
    }
    rmSync(this.root, { recursive: true, force: true });
  }
}
