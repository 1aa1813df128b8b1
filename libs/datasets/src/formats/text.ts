import { isUtf8 } from 'node:buffer';
import { gunzipSync } from 'node:zlib';
import type { LineProblem } from './rows.js';

/** Longest text, bytes: what one string can hold. */
const longestText = 512 * 1024 * 1024 - 1024;

/** A text with what is wrong with its bytes. Lines that are no UTF-8 have U+FFFD in their places. */
export interface DecodedText {
  text: string;
  problems: LineProblem[];
}

/**
 * The text of a file, unpacked when it is compressed with gzip (by its first bytes, whatever its name), without its byte order mark.
 * A text that cannot be had at all is empty, with the problem that says why.
 */
export function decodeText(bytes: Buffer): DecodedText {
  const compressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const unpacked = compressed ? gunzip(bytes) : bytes;
  if (typeof unpacked === 'string') return failed(unpacked);
  if (unpacked.length > longestText)
    return failed(`has ${unpacked.length} bytes: at most ${longestText} can be read; divide it`);
  const [first, second] = unpacked;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return failed('is UTF-16: save it as UTF-8');
  const text = unpacked.toString('utf8').replace(/^\ufeff/, '');
  return { text, problems: isUtf8(unpacked) ? [] : badLines(unpacked) };
}

function failed(message: string): DecodedText {
  return { text: '', problems: [{ line: 0, message }] };
}

function gunzip(bytes: Buffer): Buffer | string {
  try {
    return gunzipSync(bytes, { maxOutputLength: longestText });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'Z_BUF_ERROR') return 'is cut off: its gzip data ends too early; get it again';
    if (code === 'ERR_BUFFER_TOO_LARGE')
      return `is too long: unpacked it has more than ${longestText} bytes; divide it`;
    return `is damaged: its gzip data cannot be unpacked (${message}); get it again`;
  }
}

/** Every line that is no UTF-8. */
function badLines(bytes: Buffer): LineProblem[] {
  const problems: LineProblem[] = [];
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const newline = bytes.indexOf(0x0a, from);
    const to = newline === -1 ? bytes.length : newline;
    const content = bytes.subarray(from, to);
    if (!isUtf8(content))
      problems.push({
        line,
        message: `is no UTF-8 (byte ${hex(content)}): save the file as UTF-8${content.includes(0) ? '; it looks like a binary file' : ''}`,
      });
    from = to + 1;
  }
  return problems;
}

/** The first byte that begins or continues no character. */
function hex(content: Buffer): string {
  const decoded = content.toString('utf8');
  const before = Buffer.byteLength(decoded.slice(0, decoded.indexOf('\ufffd')), 'utf8');
  return `0x${(content[before] ?? 0).toString(16).padStart(2, '0')}`;
}
