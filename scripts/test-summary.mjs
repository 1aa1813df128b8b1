#!/usr/bin/env node
// Sums up what the tests of all packages counted.
//   node scripts/test-summary.mjs                              a table (the end of `npm test`)
//   node scripts/test-summary.mjs --total <status> <n> [check...]  one line for CI: <status> is npm test's exit code,
//                                                              <n> further checks passed, each [check] failed
import { fileURLToPath } from 'node:url';
import { readCounts } from './summary/counts.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const packages = readCounts(root);
const sum = (field) => packages.reduce((total, each) => total + each[field], 0);
const problems = packages.filter(({ problem }) => problem !== undefined);

const [mode, status, passedChecks, ...failedChecks] = process.argv.slice(2);
if (mode === '--total') total();
else table();

function table() {
  const width = Math.max(...packages.map(({ name }) => name.length));
  console.log(`\n${'Tests'.padEnd(width)}  passed  failed  skipped`);
  for (const { name, passed, failed, skipped, problem } of packages) {
    const counts = [passed, failed, skipped].map((count, index) =>
      String(count).padStart(index === 2 ? 7 : 6),
    );
    console.log(`${name.padEnd(width)}  ${counts.join('  ')}${problem ? `  ${problem}` : ''}`);
  }
  const sums = ['passed', 'failed', 'skipped'].map((field, index) =>
    String(sum(field)).padStart(index === 2 ? 7 : 6),
  );
  console.log(`${'all'.padEnd(width)}  ${sums.join('  ')}\n`);
  if (sum('failed') > 0 || problems.length > 0) process.exitCode = 1;
}

function total() {
  for (const { name, problem } of problems) console.log(`${name} ${problem}`);
  for (const check of failedChecks) console.log(`failed: ${check}`);
  let failed = sum('failed') + problems.length + failedChecks.length;
  // Something outside the tests went wrong, such as set-up or a build: it must not look like success.
  if (status !== '0' && failed === 0) failed = 1;
  const skipped = sum('skipped');
  console.log(
    `${sum('passed') + Number(passedChecks)} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`,
  );
  process.exitCode = failed > 0 ? 1 : 0;
}
