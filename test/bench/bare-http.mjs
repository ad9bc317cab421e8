// What Node's HTTP server itself can do: it answers the bytes of BODY, whatever is asked. The limit of every framework.
import { createServer } from 'node:http';

const body = process.env['BODY'] ?? '';
const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };

const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => process.exit(0));
