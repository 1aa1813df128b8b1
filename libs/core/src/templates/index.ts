export {
  buildCriticMessages,
  buildJudgeMessages,
  buildPromptModelMessages,
  buildTargetMessages,
  buildTextgradCritiqueMessages,
  buildTextgradEditMessages,
  type ChatMessage,
  type CriticValues,
  type JudgeValues,
  type TargetValues,
} from './messages.js';
export { placeholders, renderTemplate, TemplateError } from './render.js';
export {
  defaultTemplates,
  parseTemplate,
  type CriticTemplate,
  type JudgeTemplate,
  type Placement,
  type PromptModelTemplate,
  type TargetTemplate,
  type Template,
  type TemplateKind,
  type TemplateOf,
  type TextgradTemplate,
} from './template.js';
