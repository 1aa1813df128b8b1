import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { LaunchFailure } from './failure.mjs';
import { modelFile, presetsDir, root } from './layout.mjs';

const shippedModelName = 'smollm2-135m-instruct';

/**
 * Reads and checks the configuration a start is about. Only what was built and installed by set-up is imported, and only here.
 * @param {{ preset?: string, config?: string, keepUp: boolean }} options
 * @param {string} [workingDirectory] what a relative --config starts from
 * @returns {Promise<{ file?: string, config: object, mesh: MeshPlan }>}
 * @throws {LaunchFailure} listing every problem of the file
 */
export async function loadConfiguration(options, workingDirectory = process.env.INIT_CWD ?? process.cwd()) {
  const { parseRunConfig } = await import(pathToFileURL(join(root, 'libs/core/dist/index.js')).href);
  const file = locate(options, workingDirectory);
  const input = file === undefined ? { name: 'mesh' } : await readYaml(file);
  if (options.seed !== undefined && typeof input === 'object' && input !== null) input.seed = options.seed;
  const parsed = parseRunConfig(input);
  if (!parsed.ok) throw new LaunchFailure(describe(file, parsed.problems), 2);
  return { file, config: parsed.config, mesh: planMesh(parsed.config, file ? dirname(file) : root) };
}

function locate({ preset, config, keepUp }, workingDirectory) {
  if (config !== undefined) return resolve(workingDirectory, config);
  if (preset === undefined && keepUp) return undefined;
  const file = join(presetsDir, `${preset ?? 'quickstart'}.yaml`);
  if (existsSync(file)) return file;
  const names = readdirSync(presetsDir).flatMap((name) => /^(.+)\.yaml$/.exec(name)?.[1] ?? []);
  throw new LaunchFailure(`There is no preset "${preset}"; there are: ${names.join(', ') || 'none'}.`, 2);
}

async function readYaml(file) {
  const { parseDocument } = await import('yaml');
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new LaunchFailure(`The configuration ${file} cannot be read (${error.code}): check --config.`, 2);
  }
  const document = parseDocument(text);
  const [first] = document.errors;
  if (first) throw new LaunchFailure(`${file} is no valid YAML: ${first.message.split('\n')[0]}`, 2);
  return document.toJS();
}

function describe(file, problems) {
  const lines = problems.map(({ path, message, allowed }) => {
    const hint = allowed && !message.includes(allowed) ? ` (allowed: ${allowed})` : '';
    return `  ${path || '(the whole)'}: ${message}${hint}`;
  });
  return `${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}; nothing was started.\n${lines.join('\n')}`;
}

/**
 * What the mesh section means on this machine.
 * @typedef {{
 *   engine?: { model: string, modelName: string, contextSize: number, parallel: number, threads: number, queue: number },
 *   endpoints: Record<'promptModel'|'target'|'critic'|'editor', { baseUrl: string, model: string, apiKey?: string, concurrency: number }>,
 *   trainer: { baseModel: string, baseModelName: string, threads: number },
 * }} MeshPlan
 *
 * @param {object} config a checked run configuration
 * @param {string} folder what relative paths in it start from
 * @param {NodeJS.ProcessEnv} [env] where API keys are looked up
 * @returns {MeshPlan}
 * @throws {LaunchFailure} when a file or an API key it names is missing
 */
export function planMesh({ mesh }, folder, env = process.env) {
  const path = (value) => (isAbsolute(value) ? value : resolve(folder, value));
  const model = mesh.engine.model === '' ? modelFile : path(mesh.engine.model);
  const modelName = mesh.engine.model === '' ? shippedModelName : servedName(model);
  const endpoints = {};
  for (const [role, endpoint] of Object.entries(mesh.endpoints)) {
    endpoints[role] = {
      baseUrl: endpoint.baseUrl,
      model: endpoint.model || modelName,
      concurrency: endpoint.concurrency,
      apiKey: apiKey(role, endpoint, env),
    };
    if (endpoint.baseUrl !== '' && endpoint.model === '') {
      throw new LaunchFailure(
        `mesh.endpoints.${role}.model is empty: name the model that ${endpoint.baseUrl} serves.`,
        2,
      );
    }
  }
  const local = Object.entries(endpoints).filter(([, { baseUrl }]) => baseUrl === '');
  if (local.length > 0 && !mesh.engine.enabled) {
    throw new LaunchFailure(
      `mesh.engine.enabled is false and mesh.endpoints.${local[0][0]}.baseUrl is empty: enable the engine or give the endpoint a baseUrl.`,
      2,
    );
  }
  const baseModel = mesh.trainer.baseModel === '' ? model : path(mesh.trainer.baseModel);
  if (local.length > 0) requireFile('mesh.engine.model', model);
  requireFile('mesh.trainer.baseModel', baseModel);
  return {
    engine: local.length > 0 ? { ...mesh.engine, model, modelName } : undefined,
    endpoints,
    trainer: { baseModel, baseModelName: endpoints.promptModel.model, threads: mesh.trainer.threads },
  };
}

function apiKey(role, { apiKeyEnv }, env) {
  if (apiKeyEnv === '') return undefined;
  const value = env[apiKeyEnv];
  if (value) return value;
  throw new LaunchFailure(
    `mesh.endpoints.${role}.apiKeyEnv names ${apiKeyEnv}, which is not set: export it and run the command again.`,
    2,
  );
}

function requireFile(field, path) {
  if (existsSync(path)) return;
  throw new LaunchFailure(
    `${field} is ${path}, which does not exist: correct the path and run the command again.`,
    2,
  );
}

/** A file's name as a name to serve it under. */
const servedName = (path) =>
  basename(path)
    .replace(/\.gguf$/i, '')
    .replace(/[^\w.-]/g, '-')
    .slice(0, 200) || 'model';
