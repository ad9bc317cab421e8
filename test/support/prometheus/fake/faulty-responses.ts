import { type RequestHandler, sendJson } from '../../http/scripted-server.js';

/** Sends a page, as a proxy or a login does. */
export function sendPage(status: number, headers: Record<string, string> = {}): RequestHandler {
  return (response) => {
    response.writeHead(status, { 'Content-Type': 'text/html', ...headers }).end('<html>A page</html>');
  };
}

/** Sends an error of the API. */
export function sendApiError(
  status: number,
  errorType: string,
  headers: Record<string, string> = {},
): RequestHandler {
  return sendJson({ status: 'error', errorType, error: `the ${errorType} error` }, status, headers);
}

/** Sends a text as a complete response. */
export function sendText(text: string): RequestHandler {
  return (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(text);
}

/** Sends the start of a response, then closes the connection. */
export const sendHalf: RequestHandler = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
  response.write('{"status":"success","data":{"resultType":"vector","result":[', () => response.destroy());
};

/** Sends the start of a response, and nothing more. */
export const sendStart: RequestHandler = (response) => {
  response.writeHead(200, { 'Content-Type': 'application/json' }).write('{"status":"success","data":{');
};
