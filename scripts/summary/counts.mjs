import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ name: string, passed: number, failed: number, skipped: number, problem?: string }} PackageCounts
 *   problem: why the counts of a package are missing or cannot be trusted
 */

/**
 * What the tests of every package counted, read from test-results/vitest.json of each package with a test script.
 * @param {string} root
 * @returns {PackageCounts[]}
 */
export function readCounts(root) {
  return testedPackages(root).map(({ folder, name }) => {
    const file = join(root, folder, 'test-results', 'vitest.json');
    if (!existsSync(file)) return { name, passed: 0, failed: 0, skipped: 0, problem: 'left no test results' };
    try {
      return { name, ...countsOf(JSON.parse(readFileSync(file, 'utf8'))) };
    } catch {
      return { name, passed: 0, failed: 0, skipped: 0, problem: 'left test results that cannot be read' };
    }
  });
}

/** A file whose tests could not even be collected has no tests in Vitest's counts, and fails all the same. */
function countsOf(result) {
  const broken = result.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = result.numFailedTests + broken;
  const problem = result.success || failed > 0 ? undefined : 'did not succeed';
  return {
    passed: result.numPassedTests,
    failed,
    skipped: result.numPendingTests + result.numTodoTests,
    ...(problem && { problem }),
  };
}

/** Packages that have a test script, in the order of their folders. */
function testedPackages(root) {
  const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const folders = workspaces.flatMap((pattern) =>
    pattern.endsWith('/*')
      ? readdirSync(join(root, pattern.slice(0, -2))).map((entry) => `${pattern.slice(0, -2)}/${entry}`)
      : [pattern],
  );
  return folders
    .filter((folder) => statSync(join(root, folder, 'package.json'), { throwIfNoEntry: false }))
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.scripts?.test !== undefined)
    .map(({ folder, manifest }) => ({ folder, name: manifest.name }));
}
