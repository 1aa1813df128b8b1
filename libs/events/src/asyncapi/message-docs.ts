import { fromBinary, isFieldSet } from '@bufbuild/protobuf';
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as FieldType,
  FieldDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FieldDescriptorProto,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { descriptorSet } from '@trprompt/proto/descriptors';

/** A field of a protobuf message, with its comment. */
export interface FieldDoc {
  /** As in the .proto file. */
  name: string;
  /** As in the proto3 JSON mapping. */
  jsonName: string;
  number: number;
  /** A scalar's name, the full name of a message, or "map<key, value>". */
  type: string;
  /** Type of a map's values; undefined: it is no map. */
  mapOf: string | undefined;
  repeated: boolean;
  /** The oneof it is a member of. */
  oneof: string | undefined;
  comment: string;
}

/** A protobuf message, with its comment. */
export interface MessageDoc {
  /** Full name. */
  name: string;
  comment: string;
  fields: FieldDoc[];
}

/** Numbers of descriptor.proto, of which the paths of comments consist. */
const MESSAGE_TYPE = 4;
const FIELD = 2;

/** Every message of the mesh, by full name, as the compiler saw it. */
export function messageDocs(): Map<string, MessageDoc> {
  const { file } = fromBinary(FileDescriptorSetSchema, descriptorSet());
  return new Map(file.flatMap(docsOf).map((doc) => [doc.name, doc]));
}

function docsOf(file: FileDescriptorProto): MessageDoc[] {
  const comments = new Map(
    file.sourceCodeInfo?.location.map(({ path, leadingComments }) => [path.join('.'), leadingComments]),
  );
  const comment = (...path: number[]): string =>
    (comments.get(path.join('.')) ?? '').replaceAll(/\s+/g, ' ').trim();
  return file.messageType.map(({ name, field, oneofDecl, nestedType }, index) => ({
    name: `${file.package}.${name}`,
    comment: comment(MESSAGE_TYPE, index),
    fields: field.map((each, position) => {
      const entry = nestedType.find(
        (nested) => nested.options?.mapEntry && each.typeName === `.${file.package}.${name}.${nested.name}`,
      );
      const [key, value] = entry?.field.map(typeOf) ?? [];
      return {
        name: each.name,
        jsonName: each.jsonName,
        number: each.number,
        type: entry ? `map<${key}, ${value}>` : typeOf(each),
        mapOf: value,
        repeated: each.label === Label.REPEATED && !entry,
        oneof: inOneof(each) ? oneofDecl[each.oneofIndex]?.name : undefined,
        comment: comment(MESSAGE_TYPE, index, FIELD, position),
      };
    }),
  }));
}

/** Not set is 0 in this message, and an `optional` field is a oneof of its own to the compiler. */
function inOneof(field: FieldDescriptorProto): boolean {
  return isFieldSet(field, FieldDescriptorProtoSchema.field.oneofIndex) && !field.proto3Optional;
}

function typeOf({ type, typeName }: FieldDescriptorProto): string {
  return type === FieldType.MESSAGE || type === FieldType.ENUM
    ? typeName.replace(/^\./, '')
    : FieldType[type].toLowerCase();
}
