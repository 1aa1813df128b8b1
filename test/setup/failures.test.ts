import { execFileSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeCheckout } from './fake-checkout.js';

let checkout: FakeCheckout;

beforeEach(() => {
  checkout = new FakeCheckout();
});
afterEach(() => checkout.close());

const define = (target: string, name: string, value: string): string[] => [
  '--import',
  `data:text/javascript,Object.defineProperty(${target}, '${name}', { value: '${value}' })`,
];

/** The sentence that a failed set-up ends in, without the name of the log. */
async function sentence(nodeArgs: readonly string[] = []): Promise<string> {
  const { code, output } = await checkout.setUp([], nodeArgs);
  expect({ code, output }).toMatchObject({ code: 1 });
  expect(output).not.toMatch(/\n\s+at |Error:/);
  const last = output.trimEnd().split('\n').at(-1) ?? '';
  return last.replace(/ Log: .*$/, '');
}

describe('a machine that lacks something is told what to do, in one sentence', () => {
  it('when Node is too old', async () => {
    expect(await sentence(define('process.versions', 'node', '18.20.0'))).toBe(
      'Node 18.20.0 is too old: install Node 20 or newer and run the command again.',
    );
  });

  it('when the platform has no binaries', async () => {
    expect(await sentence(define('process', 'platform', 'win32'))).toMatch(
      /this is win32-\w+: use the Windows Subsystem for Linux\.$/,
    );
    expect(await sentence(define('process', 'arch', 'riscv64'))).toMatch(/riscv64: use another machine\.$/);
  });

  it('when npm is missing', async () => {
    rmSync(join(checkout.bin, 'npm'));
    expect(await sentence()).toMatch(/^npm is not on the PATH: install /);
  });

  it('when there is no Python', async () => {
    rmSync(join(checkout.bin, 'python3'));
    expect(await sentence()).toMatch(/^No Python was found on the PATH: install Python 3\.10 to 3\.13/);
  });

  it.each(['3 9', '3 14', '2 7'])('when Python is %s', async (version) => {
    checkout.python('python3', `${version} venv True /usr/bin/python3`);
    expect(await sentence()).toMatch(
      /is needed and only Python [\d.]+ was found: install one of these versions/,
    );
  });

  it('when Python has no venv module', async () => {
    checkout.python('python3', '3 12 bare True /usr/bin/python3');
    expect(await sentence()).toMatch(
      /^Python 3\.12 at .* lacks the venv module: install it \(Debian, Ubuntu: "apt install python3\.12-venv"\)/,
    );
  });

  it('but not when python3 is a broken shim and another name works', async () => {
    checkout.python('python3.12', '3 12 venv True /usr/bin/python3');
    checkout.tool('python3', '#!/bin/sh\nexit 127\n');
    expect((await checkout.setUp()).code).toBe(0);
  });

  it('when the folder cannot be written', async () => {
    writeFileSync(join(checkout.root, '.trprompt'), 'a file where the folder should be');
    expect(await sentence()).toMatch(/^The folder .* cannot be written: give the current user write access/);
  });

  it('when the disk is too small', () => {
    const script = `const { checkDisk } = await import('${checkout.root}/scripts/setup/checks.mjs');
      try { checkDisk(9e9, 1e9) } catch (error) { console.log(error.message) }`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script]).toString();
    expect(output).toMatch(
      /^Set-up needs 9\.0 GB of free disk space in .* and finds 1\.0 GB: free some space and run/,
    );
  });
});

describe('an installer that fails is explained', () => {
  it.each([
    [
      'npm',
      'npm error code ENOTFOUND\nnpm error network request failed',
      /^The npm packages .* the npm registry cannot be reached: check the network/,
    ],
    [
      'npm',
      'npm error code E403\nnpm error 403 Forbidden',
      /^The npm packages .* registry refuses or lacks a package/,
    ],
    ['npm', 'npm error code EINTEGRITY', /^The npm packages .* differs from the hash pinned/],
    ['npm', 'npm error ENOSPC: no space left on device', /^The npm packages .* the disk is full/],
    ['npm', 'npm error code EACCES', /^The npm packages .* a file cannot be written/],
    [
      'npm',
      'npm error SELF_SIGNED_CERT_IN_CHAIN',
      /^The npm packages .* certificate is not trusted.*NODE_EXTRA_CA_CERTS/,
    ],
    ['npm', 'something nobody foresaw', /^The npm packages .* \(the installer ended with 1\): read the log/],
    [
      'pip',
      'NewConnectionError\nERROR: No matching distribution found for uv',
      /^The Python installer .* cannot be reached/,
    ],
    ['uv-venv', 'error: Permission denied (os error 13)', /^The Python environment .* cannot be written/],
    [
      'uv-pip',
      '  × No solution found when resolving dependencies',
      /^The Python packages .* refuses or lacks/,
    ],
    ['uv-pip', 'error: Hash mismatch for `torch`', /^The Python packages .* differs from the hash pinned/],
    ['uv-model', 'error sending request for url: dns error', /^The language model .* cannot be reached/],
    [
      'nx',
      'libs/a/src/index.ts(1,1): error TS2304',
      /^The services could not be built \(nx ended with 1\): correct what the log names/,
    ],
  ])('%s: %j', async (tool, output, expected) => {
    checkout.write(`${tool}.fails`, output);
    expect(await sentence()).toMatch(expected);
    expect(checkout.read('.trprompt/setup/setup.log')).toContain(output);
    checkout.remove(`${tool}.fails`);
    expect((await checkout.setUp()).code).toBe(0);
  });

  it('a model with the wrong content is refused and not put in place', async () => {
    checkout.write('served-model', 'something else');
    expect(await sentence()).toMatch(/^The language model that was downloaded is not the expected file/);
    expect(checkout.has('.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf')).toBe(false);
    expect(checkout.has('.trprompt/model.partial')).toBe(false);
  });
});
