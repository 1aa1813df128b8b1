export {
  buildCriticMessages,
  buildPromptModelMessages,
  buildTargetMessages,
  buildTextgradCritiqueMessages,
  buildTextgradEditMessages,
  type ChatMessage,
  type CriticValues,
  type TargetValues,
} from './messages.js';
export { placeholders, renderTemplate, TemplateError } from './render.js';
export {
  defaultTemplates,
  parseTemplate,
  type CriticTemplate,
  type Placement,
  type PromptModelTemplate,
  type TargetTemplate,
  type Template,
  type TemplateKind,
  type TemplateOf,
  type TextgradTemplate,
} from './template.js';
