// A bare server of Node's HTTP module: returns BODY for every request. No framework can be faster.
import { createServer } from 'node:http';

const body = process.env['BODY'] ?? '';
const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };

const server = createServer((_request, response) => response.writeHead(200, headers).end(body));
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  console.log(`Listening on http://127.0.0.1:${port}`);
});
process.once('SIGTERM', () => process.exit(0));
