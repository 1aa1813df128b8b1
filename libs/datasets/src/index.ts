export { type Definition, definitionSchema, type SourceFile } from './catalogue/definition.js';
export { loadCatalogue, loadDefinition } from './catalogue/load.js';
export { type FileFormat, fileFormats, formatOf } from './formats/read-rows.js';
export type { Progress } from './formats/rows.js';
export { type Division, divisionFor, toDivide } from './import/division.js';
export { graderOf, gradingOf, warningsOf, refuse } from './import/check.js';
export { importFiles, type ImportFilesOptions } from './import/import-files.js';
export { importKnown, type ImportKnownOptions } from './import/import-known.js';
export { compareRun, compareWithImported, nearDuplicateWarning } from './import/leaks.js';
export {
  contentProblems,
  type DataFile,
  filtered,
  mostExamples,
  type Place,
  readFiles,
  type ReadFiles,
  whereTo,
} from './import/read-file.js';
export { FetchFailure, fetchFile, type FetchOptions } from './originals/fetch-file.js';
export { DatasetError, type FileProblem, problemsError } from './problems.js';
export { defaultMapping, type FieldMapping, type RecordLayout, recordLayouts } from './records/layouts.js';
export type { RecordOptions } from './records/read-records.js';
export { DatasetStore, type StoredDataset } from './store/dataset-store.js';
export type { Manifest } from './store/manifest.js';
