export * from './artefacts/index.js';
export * from './sql/index.js';
