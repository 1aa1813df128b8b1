export {
  ArtefactError,
  ArtefactStore,
  type ArtefactForm,
  type ArtefactProblem,
  type ArtefactRef,
} from './artefact-store.js';
export { FolderArtefactStore, createFolderArtefactStore } from './folder-store.js';
export { MANIFEST, hashFile, type Manifest } from './manifest.js';
