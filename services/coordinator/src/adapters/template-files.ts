import { loadTemplates } from '@trprompt/service';
import { TemplateCatalogue } from '../domain/ports.js';

/** The templates of a folder, read once. */
export class TemplateFiles extends TemplateCatalogue {
  private constructor(private readonly templates: ReadonlyMap<string, unknown>) {
    super();
  }

  /** `folder` undefined: the templates that come with the program. */
  static async load(folder: string | undefined): Promise<TemplateFiles> {
    return new TemplateFiles(await (folder === undefined ? loadTemplates() : loadTemplates(folder)));
  }

  find(id: string): unknown {
    return this.templates.get(id);
  }

  ids(): string[] {
    return [...this.templates.keys()].toSorted();
  }
}
