import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeCoordinator, startFakeCoordinator } from '../../testing/fake-coordinator.js';
import { Terminal } from '../../testing/terminal.js';

let folder: string;
let coordinator: FakeCoordinator;
let trainer: FakeCoordinator;
let engine: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trprompt-'));
  await mkdir(join(folder, '.trprompt', 'models'), { recursive: true });
  [coordinator, trainer] = await Promise.all([startFakeCoordinator(), startFakeCoordinator()]);
  engine = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1');
  await new Promise((resolve) => engine.once('listening', resolve));
});
afterEach(async () => {
  coordinator.close();
  trainer.close();
  engine.close();
  await rm(folder, { recursive: true });
});

async function writeMesh(): Promise<void> {
  const mesh = {
    coordinator: coordinator.address,
    services: {
      coordinator: coordinator.address,
      trainer: trainer.address,
      engine: `127.0.0.1:${(engine.address() as AddressInfo).port}`,
    },
  };
  await writeFile(join(folder, '.trprompt', 'mesh.json'), JSON.stringify(mesh));
}

async function writeLocal(): Promise<void> {
  await writeFile(join(folder, '.trprompt', 'models', 'tiny.gguf'), 'GGUF and more');
  const bin = join(folder, '.trprompt', 'venv', 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'python'), '#!/bin/sh\necho 3.12.1, torch 2.13.0\n');
  await chmod(join(bin, 'python'), 0o755);
}

describe('trprompt doctor', () => {
  it('finds everything in order, asking each service of the mesh that runs here', async () => {
    await Promise.all([writeMesh(), writeLocal()]);
    const terminal = new Terminal(undefined, folder);
    expect(await terminal.trprompt('doctor', '--json')).toBe(0);
    expect(terminal.json.map((check) => [check.name, check.ok])).toEqual([
      ['Node', true],
      ['Python environment', true],
      ['Model', true],
      ['Disk space', true],
      ['coordinator', true],
      ['trainer', true],
      ['engine', true],
    ]);
  });

  it('says what to do about each problem and ends with 1', async () => {
    await writeMesh();
    trainer.script.health = 2;
    coordinator.close();
    const terminal = new Terminal(undefined, folder);
    expect(await terminal.trprompt('doctor')).toBe(1);
    const { text } = terminal.stdout;
    expect(text).toMatch(/problem +Python environment[\s\S]*npm run setup/);
    expect(text).toMatch(/problem +Model +no GGUF file/);
    expect(text).toMatch(/problem +coordinator +does not answer[\s\S]*npm run mesh/);
    expect(text).toMatch(/problem +trainer .*not serving/);
    expect(text).toMatch(/ok +engine/);
    expect(text).toContain('4 problems.');
  });

  it('knows a broken model and a broken Python environment', async () => {
    await writeLocal();
    await writeFile(join(folder, '.trprompt', 'models', 'tiny.gguf'), '<html>');
    await writeFile(
      join(folder, '.trprompt', 'venv', 'bin', 'python'),
      '#!/bin/sh\necho "No package torch" >&2\nexit 1\n',
    );
    const terminal = new Terminal(undefined, folder);
    expect(await terminal.trprompt('doctor')).toBe(1);
    expect(terminal.stdout.text).toMatch(/problem +Python environment +No package torch/);
    expect(terminal.stdout.text).toMatch(/It is no GGUF file/);
    expect(terminal.stdout.text).toMatch(/problem +Mesh +none runs here/);
  });
});
