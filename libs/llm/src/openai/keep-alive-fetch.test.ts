import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepAliveFetch } from './keep-alive-fetch.js';

describe('the keep-alive fetch', () => {
  let server: Server;
  let url: string;
  let handler: (request: IncomingMessage, response: ServerResponse) => void;
  let pool: ReturnType<typeof keepAliveFetch>;

  beforeEach(async () => {
    pool = keepAliveFetch(2);
    server = createServer((request, response) => handler(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/path?x=1`;
  });

  afterEach(async () => {
    pool.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('sends method, path, headers and a text body with its length in bytes', async () => {
    let body = '';
    handler = (request, response) => {
      request.setEncoding('utf8');
      request.on('data', (chunk: string) => (body += chunk));
      request.on('end', () => {
        const { method, url: path, headers } = request;
        response.end(
          JSON.stringify({ method, path, length: headers['content-length'], key: headers['x-key'] }),
        );
      });
    };
    const response = await pool.fetch(url, { method: 'POST', headers: { 'x-key': 'k' }, body: 'größe' });
    expect(await response.json()).toEqual({ method: 'POST', path: '/path?x=1', length: '7', key: 'k' });
    expect(body).toBe('größe');
  });

  it('returns status, headers and body as they came, in many pieces too', async () => {
    handler = (_request, response) => {
      response.writeHead(418, { 'x-answer': 'yes' });
      response.write(Buffer.from('ä').subarray(0, 1));
      setImmediate(() => response.end(Buffer.concat([Buffer.from('ä').subarray(1), Buffer.from('!')])));
    };
    const response = await pool.fetch(url);
    expect([response.status, response.ok, response.headers.get('x-answer')]).toEqual([418, false, 'yes']);
    expect(await response.text()).toBe('ä!');
  });

  it('takes a response without a body', async () => {
    handler = (_request, response) => response.writeHead(204).end();
    expect(await (await pool.fetch(url)).text()).toBe('');
  });

  it('rejects when the answer breaks off', async () => {
    handler = (_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half');
      setImmediate(() => response.destroy());
    };
    await expect(pool.fetch(url)).rejects.toThrow(/aborted|reset/);
  });

  it('rejects with an abort error when the signal is aborted', async () => {
    const abort = new AbortController();
    handler = () => abort.abort();
    await expect(pool.fetch(url, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('refuses bodies that are not text', () => {
    expect(() => pool.fetch(url, { method: 'POST', body: new FormData() })).toThrow(TypeError);
  });
});
