import { Controller, Inject } from '@nestjs/common';
import { TemplateBook } from '@trprompt/llm';
import {
  TextgradServiceControllerMethods,
  type OptimizeRequest,
  type OptimizeResponse,
  type TextgradServiceController,
} from '@trprompt/proto/textgrad/v1/textgrad';
import { toObservable } from '@trprompt/service';
import type { Observable } from 'rxjs';
import { Textgrad } from './textgrad.service.js';
import { eventToWire } from './wire/events.js';
import { requestFromWire } from './wire/request-from-wire.js';
import { statusOf } from './wire/status-of.js';

/** What a request may leave out. */
export abstract class EditorDefaults {
  abstract readonly model: string;
}

@Controller()
@TextgradServiceControllerMethods()
export class TextgradController implements TextgradServiceController {
  constructor(
    @Inject(Textgrad) private readonly textgrad: Textgrad,
    @Inject(TemplateBook) private readonly templates: TemplateBook<'textgrad'>,
    @Inject(EditorDefaults) private readonly defaults: EditorDefaults,
  ) {}

  optimize(request: OptimizeRequest): Observable<OptimizeResponse> {
    return toObservable((signal) => this.stream(request, signal));
  }

  private async *stream(request: OptimizeRequest, signal: AbortSignal): AsyncIterable<OptimizeResponse> {
    try {
      const search = requestFromWire(request, this.templates, this.defaults.model);
      for await (const event of this.textgrad.optimize(search, signal)) yield eventToWire(event);
    } catch (error) {
      throw statusOf(error);
    }
  }
}
