import { existsSync, realpathSync, statSync } from 'node:fs';
import { extname, isAbsolute, resolve, sep } from 'node:path';
import { GraderFailure } from '../grader.js';

/** Where graders from modules are looked for. */
export interface ModuleFolder {
  folder: string;
  /** Whether a module has to be below the folder: where the settings are not the operator's own. */
  confined: boolean;
}

/**
 * The absolute path of a module.
 * @throws GraderFailure when modules are not permitted, or the path leads elsewhere or nowhere
 */
export function modulePath(module: string, modules: ModuleFolder | undefined): string {
  if (modules === undefined)
    throw new GraderFailure(
      `grading.custom.module is "${module}", but modules are not permitted here: the operator has to set TRPROMPT_GRADER_MODULES of coordinator and textgrad to the folder that they are in`,
    );
  const { folder, confined } = modules;
  const path = resolve(folder, module);
  const refuse = (why: string): GraderFailure =>
    new GraderFailure(`grading.custom.module is "${module}", ${why}`);
  if (confined && (isAbsolute(module) || !path.startsWith(resolve(folder) + sep)))
    throw refuse('which leads out of the folder of the modules: name a file below it');
  if (!existsSync(path) || !statSync(path).isFile())
    throw refuse(
      confined ? 'which is no file in the folder TRPROMPT_GRADER_MODULES' : `which is no file in ${folder}`,
    );
  const real = realpathSync(path);
  if (confined && !real.startsWith(realpathSync(folder) + sep))
    throw refuse('which is a link that leads out of the folder of the modules');
  if (!['.js', '.mjs', '.cjs', '.ts', '.mts'].includes(extname(real)))
    throw refuse('which is no JavaScript module: it must end in .js, .mjs, .cjs, .ts or .mts');
  return real;
}
