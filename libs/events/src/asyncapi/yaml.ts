import { stringify } from 'yaml';
import { asyncApiDocument } from './document.js';

/** The text of docs/asyncapi.yaml, before prettier. */
export function asyncApiYaml(): string {
  const remark =
    '# Made from the code and the protobuf definitions by `npm run docs -w @trprompt/events`: change those.\n';
  // Dates and the like are quoted, for readers of YAML 1.1.
  return (
    remark + stringify(asyncApiDocument(), { aliasDuplicateObjects: false, lineWidth: 0, schema: 'yaml-1.1' })
  );
}
