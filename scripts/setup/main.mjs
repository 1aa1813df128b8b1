// Orders the steps of set-up and ends every failure in one sentence. It runs on Node 20 before any package is
// installed: only modules of Node itself may be imported in this folder.
import { mkdirSync, writeFileSync } from 'node:fs';
import { checkDisk, checkNpm, checkPlatform, checkWritable } from './checks.mjs';
import { endCommands, outerEnvironment } from './commands.mjs';
import { causeOf } from './diagnose.mjs';
import { SetupFailure } from './failure.mjs';
import { logFile, root, setupDir } from './layout.mjs';
import { acquireLock } from './lock.mjs';
import { createProgress } from './progress.mjs';
import { findPython } from './python.mjs';
import { perform, survey } from './steps.mjs';

const help = `Usage: npm run setup [-- --check | --force | --command-line]

Installs the npm packages, a Python environment and a language model into this folder, and builds the services.
npm start, npm test and npm run mesh do this by themselves; what is done already is not done again.

  --check   only say what would be done; exit code 1 when anything would be
  --force   do everything anew
  --command-line
            only what the trprompt command needs, packages and build; tells on standard error what it does, and nothing when that is nothing
  --help    show this text
`;

const options = ['--check', '--force', '--command-line', '--help'];
const commandLine = process.argv.includes('--command-line');
// Standard output belongs to the command that comes after.
const out = commandLine ? process.stderr : process.stdout;
const say = (text) => out.write(`${text}\n`);
const progress = createProgress(out);
let release = () => {};

async function main(args) {
  const unknown = args.find((arg) => !options.includes(arg));
  if (unknown)
    throw new SetupFailure(`Set-up does not know the option ${unknown}: use ${options.join(', ')}.`);
  if (args.includes('--help')) return say(help.trimEnd());

  const started = performance.now();
  const force = args.includes('--force');
  const only = commandLine ? ['npm', 'build'] : undefined;
  checkPlatform();
  if (args.includes('--check')) return check();
  if (commandLine && !force && survey({ only }).every((step) => step.done)) return;

  checkWritable();
  release = await acquireLock(say);
  const pending = survey({ force, only }).filter((step) => !step.done);
  if (pending.length === 0)
    return say(`Set-up is complete (checked in ${Math.round(performance.now() - started)} ms).`);

  mkdirSync(setupDir, { recursive: true });
  writeFileSync(logFile, `Set-up of ${root} at ${new Date().toISOString()}, Node ${process.versions.node}\n`);
  checkNpm(outerEnvironment());
  if (pending.some((step) => step.id === 'uv' || step.id === 'python')) findPython();
  checkDisk(pending.reduce((sum, step) => sum + step.diskBytes, 0));
  for (const step of pending) {
    const end = progress.begin(`[${step.number}/${step.of}] ${step.title} (${step.note})`);
    const result = await perform(step);
    end(result === 'adopted' ? 'already there, checked' : 'done');
  }
  say(`Set-up is complete (${Math.round((performance.now() - started) / 1000)} s).`);
}

function check() {
  const pending = survey().filter((step) => !step.done);
  if (pending.length === 0) return say('Set-up is complete.');
  say(`To be done by set-up: ${pending.map((step) => `${step.title} (${step.note})`).join('; ')}.`);
  process.exitCode = 1;
}

/** Whatever goes wrong ends in one sentence; the details are in the log. */
function report(error) {
  progress.stop();
  if (error instanceof SetupFailure) {
    process.stderr.write(`${error.message}${error.logged ? ` Log: ${logFile}` : ''}\n`);
    process.exitCode = error.exitCode;
    return;
  }
  process.exitCode = 1;
  let logged = false;
  try {
    writeFileSync(logFile, `${error.stack ?? error}\n`, { flag: 'a' });
    logged = true;
  } catch {
    // A folder that cannot be written has no log either; the sentence below then stands alone.
  }
  const cause = causeOf(String(error.message));
  const sentence =
    cause === 'disk'
      ? 'Set-up stopped because the disk is full: free some space and run the command again.'
      : cause === 'permission'
        ? `Set-up stopped because a file in ${root} cannot be written: give the current user write access and run the command again.`
        : `Set-up stopped unexpectedly (${String(error.message).split('\n')[0]}): run the command again, with "npm run setup -- --force" if it happens twice.`;
  process.stderr.write(`${sentence}${logged ? ` Log: ${logFile}` : ''}\n`);
}

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
]) {
  process.on(signal, () => {
    endCommands('SIGKILL');
    progress.stop();
    release();
    process.stderr.write('Set-up was interrupted: run the same command again to go on where it stopped.\n');
    process.exit(exitCode);
  });
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  report(error);
} finally {
  release();
}
