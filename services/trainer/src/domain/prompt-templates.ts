/** The templates by which (question, reward) becomes the model's input; the same that serving uses. */
export abstract class PromptTemplates {
  /** @returns undefined when there is none of this id */
  abstract find(id: string): { system: string; user: string } | undefined;
}
