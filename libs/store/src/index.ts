export * from './artefacts/index.js';
