import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { leftOf } from '../launcher/fake-checkout.js';
import { FakeCheckout } from './fake-checkout.js';

let checkout: FakeCheckout;

beforeEach(() => {
  checkout = new FakeCheckout();
});
afterEach(() => checkout.close());

const everything = ['npm', 'pip', 'uv-venv', 'uv-pip', 'uv-model', 'nx'];

describe('set-up in a fresh folder', () => {
  it('does every step in order, naming each with its size and time', async () => {
    const { code, output } = await checkout.setUp();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(checkout.commands()).toEqual(everything);
    expect(output).toMatch(/\[3\/5\] Python environment \(5\.4 GB, about a minute\): done in \d+ s/);
    expect(checkout.read('.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf')).toBe('a very small model');
    expect(checkout.has('.trprompt/model.partial')).toBe(false);
  });

  it("tells uv, which does not read pip's configuration, what the user told pip", async () => {
    await checkout.setUp();
    expect(checkout.read('uv.certificate').trim()).toBe('/certs/of/pip.pem');
  });
});

describe('set-up for the command line', () => {
  it('installs the packages and builds, and nothing else', async () => {
    expect(await checkout.setUp(['--command-line'])).toMatchObject({ code: 0 });
    expect(checkout.commands()).toEqual(['npm', 'nx']);
  });

  it('writes nothing where nothing is to be done', async () => {
    await checkout.setUp();
    expect(await checkout.setUp(['--command-line'])).toEqual({ code: 0, output: '' });
  });

  it('leaves the other steps to a whole set-up', async () => {
    await checkout.setUp(['--command-line']);
    checkout.commands();
    await checkout.setUp();
    expect(checkout.commands()).toEqual(everything.filter((tool) => tool !== 'npm' && tool !== 'nx'));
  });
});

describe('set-up that has been done', () => {
  beforeEach(async () => {
    await checkout.setUp();
    checkout.commands();
  });

  it('is not done again, and says so in one line', async () => {
    const { code, output } = await checkout.setUp();
    expect(code).toBe(0);
    expect(output).toMatch(/^Set-up is complete \(checked in \d+ ms\)\.\n$/);
    expect(checkout.commands()).toEqual([]);
  });

  it.each([
    ['package-lock.json', '{"packages":{"node_modules/x":{}}}', ['npm', 'nx']],
    ['services/trainer/worker/requirements-uv.txt', 'newer', ['pip']],
    ['services/trainer/worker/requirements.txt', 'newer', ['uv-pip']],
    ['services/trainer/worker/requirements-model.txt', 'newer', []],
    ['libs/a/src/index.ts', 'export const a = 2 + 2;', ['nx']],
    ['libs/a/src/index.test.ts', 'a test', []],
  ])('does what depends on %s again when it has changed', async (path, content, commands) => {
    checkout.write(path, content);
    const { code, output } = await checkout.setUp();
    expect({ code, output }).toMatchObject({ code: 0 });
    expect(checkout.commands()).toEqual(commands);
    expect((await checkout.setUp()).output).toContain('checked in');
  });

  it.each([
    ['node_modules', ['npm']],
    ['.trprompt/uv', ['pip']],
    ['.trprompt/venv', ['uv-venv', 'uv-pip']],
    ['.trprompt/models', ['uv-model']],
    ['libs/a/dist', ['nx']],
  ])('is repaired when %s is gone', async (path, commands) => {
    checkout.remove(path);
    expect((await checkout.setUp()).code).toBe(0);
    expect(checkout.commands()).toEqual(commands);
  });

  it('notices a model that was changed and fetches it again', async () => {
    checkout.write('.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf', 'another small model');
    expect((await checkout.setUp()).code).toBe(0);
    expect(checkout.read('.trprompt/models/SmolLM2-135M-Instruct.Q4_1.gguf')).toBe('a very small model');
  });

  it('is done anew with --force', async () => {
    await checkout.setUp(['--force']);
    expect(checkout.commands()).toEqual(everything);
  });

  it('takes over npm packages that somebody installed and that agree with the lock', async () => {
    const lock = '{"packages":{"":{},"node_modules/x":{"version":"1.0.0","integrity":"sha512-x"}}}';
    checkout.write('package-lock.json', lock);
    checkout.write('node_modules/.package-lock.json', lock);
    await checkout.setUp();
    expect(checkout.commands()).not.toContain('npm');
  });

  it('says with --check what would be done, and does nothing', async () => {
    expect(await checkout.setUp(['--check'])).toEqual({ code: 0, output: 'Set-up is complete.\n' });
    checkout.remove('node_modules');
    const { code, output } = await checkout.setUp(['--check']);
    expect(code).toBe(1);
    expect(output).toMatch(/^To be done by set-up: npm packages/);
    expect(checkout.commands()).toEqual([]);
  });
});

describe('set-up that was interrupted', () => {
  it('by a signal ends its installer, says so, and goes on next time where it stopped', async () => {
    checkout.write('uv-pip.dawdles', '');
    const run = checkout.start();
    const installer = await checkout.dawdler('uv-pip');
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(run.output()).toContain(
      'Set-up was interrupted: run the same command again to go on where it stopped.',
    );
    expect(await leftOf([installer], 2)).toEqual([]);
    checkout.remove('uv-pip.dawdles');
    checkout.commands();
    expect((await checkout.setUp()).code).toBe(0);
    expect(checkout.commands()).toEqual(['uv-venv', 'uv-pip', 'uv-model', 'nx']);
    expect(checkout.read('.trprompt/venv/packages')).toBe('complete\n');
  });

  it('by kill -9 is repaired by the next one, which first ends the installer left behind', async () => {
    checkout.write('npm.dawdles', '');
    const run = checkout.start();
    const installer = await checkout.dawdler('npm');
    run.process.kill('SIGKILL');
    await run.ended;
    checkout.remove('npm.dawdles');
    checkout.commands();
    expect((await checkout.setUp()).code).toBe(0);
    expect(await leftOf([installer], 2)).toEqual([]);
    expect(checkout.commands()).toEqual(everything);
  });

  it('is waited for by a second one, which then finds everything done', async () => {
    checkout.write('npm.dawdles', '');
    const first = checkout.start();
    const installer = await checkout.dawdler('npm');
    const second = checkout.start();
    await expect
      .poll(() => second.output())
      .toMatch(/Another set-up \(process \d+\) is running in this folder/);
    checkout.remove('npm.dawdles');
    process.kill(-installer, 'SIGKILL');
    await first.ended;
    expect(await second.ended).toBe(0);
    expect(checkout.commands()).toEqual(['npm', ...everything]);
  });
});
