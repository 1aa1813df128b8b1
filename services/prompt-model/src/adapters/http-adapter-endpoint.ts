import { AdapterEndpoint, AdapterEndpointError } from './adapter-endpoint.js';

/** Loading can take as long as reading gigabytes. */
const TIMEOUT_MS = 120_000;

/** vLLM's runtime LoRA API: POST /v1/load_lora_adapter and GET /v1/models (the embedded engine speaks it too). */
export class HttpAdapterEndpoint extends AdapterEndpoint {
  /** @param baseUrl ends in /v1 */
  constructor(
    private readonly baseUrl: string,
    private readonly apiKey: string,
  ) {
    super();
  }

  override async load(name: string, folder: string, signal: AbortSignal): Promise<void> {
    const body = JSON.stringify({ lora_name: name, lora_path: folder });
    const { status, text } = await this.request('POST', '/load_lora_adapter', signal, body);
    if (status < 300 || (status === 400 && text.includes('already been loaded'))) return;
    throw new AdapterEndpointError(
      `${this.baseUrl} refused to load ${name} with ${status}: ${text.slice(0, 300)}`,
      status,
    );
  }

  override async served(signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { status, text } = await this.request('GET', '/models', signal);
    if (status >= 300)
      throw new AdapterEndpointError(`${this.baseUrl} refused to list its models with ${status}`, status);
    return new Set(modelIds(text));
  }

  private async request(
    method: string,
    path: string,
    signal: AbortSignal,
    body?: string,
  ): Promise<{ status: number; text: string }> {
    const url = `${this.baseUrl.replace(/\/$/, '')}${path}`;
    try {
      const response = await fetch(url, {
        method,
        body,
        headers: { authorization: `Bearer ${this.apiKey}`, 'content-type': 'application/json' },
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new AdapterEndpointError(`${url} cannot be reached: check that the endpoint runs`, undefined, {
        cause,
      });
    }
  }
}

function modelIds(text: string): string[] {
  try {
    const body: unknown = JSON.parse(text);
    const data = typeof body === 'object' && body !== null && 'data' in body ? body.data : undefined;
    if (!Array.isArray(data)) return [];
    return data.flatMap((model: unknown) =>
      typeof model === 'object' && model !== null && 'id' in model && typeof model.id === 'string'
        ? [model.id]
        : [],
    );
  } catch {
    return [];
  }
}
