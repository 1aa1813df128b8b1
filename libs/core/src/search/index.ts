export type {
  CandidateDecided,
  CandidateProposed,
  CritiqueWritten,
  EditRejected,
  ItemScored,
  RejectReason,
  SearchEvent,
  SearchExample,
  SearchFinished,
} from './events.js';
export { parseEdit, type ParsedEdit } from './parse-edit.js';
export { SearchError, SequentialSearch, type SearchAction, type SequentialSettings } from './sequential.js';
