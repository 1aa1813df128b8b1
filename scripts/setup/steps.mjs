import { build } from './build.mjs';
import { model } from './model.mjs';
import { nodeModules } from './node-modules.mjs';
import { pythonEnvironment, uvInstaller } from './python-environment.mjs';
import { beginStamp, readStamp, writeStamp } from './stamps.mjs';

/** In the order in which they build on each other. */
const steps = [nodeModules, uvInstaller, pythonEnvironment, model, build];

/**
 * The steps with what is known about each.
 * @param {{ force?: boolean, only?: string[] }} [options] force: nothing counts as done; only: ids of the steps that are wanted
 */
export function survey({ force = false, only } = {}) {
  const wanted = steps.filter(({ id }) => only?.includes(id) ?? true);
  return wanted.map((step, index) => {
    const { stamp, torn } = readStamp(step.id);
    const inputs = step.inputs();
    const done =
      !force && !torn && stamp !== undefined && sameInputs(stamp.inputs, inputs) && step.isIntact(stamp);
    return { ...step, number: index + 1, of: wanted.length, torn: torn || force, done };
  });
}

/**
 * Does one step unless what is there already serves.
 * @returns {Promise<'done'|'adopted'>}
 */
export async function perform(step) {
  // Read before the step, so that a change made while it runs is seen by the next set-up.
  const inputs = step.inputs();
  const adopted = !step.torn && (await step.canAdopt());
  if (!adopted) {
    beginStamp(step.id);
    await step.run({ torn: step.torn });
  }
  writeStamp(step.id, { inputs, outputs: step.outputs?.(), at: new Date().toISOString() });
  return adopted ? 'adopted' : 'done';
}

const sameInputs = (a, b) => JSON.stringify(a) === JSON.stringify(b);
