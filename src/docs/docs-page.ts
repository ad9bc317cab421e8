/** Swagger UI, with every script, style and image from this service; its addresses are relative, for proxies with a prefix. */
export const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>docker-stats-api</title>
    <link rel="icon" href="data:,">
    <link rel="stylesheet" href="docs/swagger-ui.css">
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="docs/swagger-ui-bundle.js"></script>
    <script src="docs/start.js"></script>
  </body>
</html>
`;

/**
 * Starts Swagger UI; a file of its own, since the page allows no script in itself. A key that is typed in is not kept.
 * Every field of Swagger UI's dialog for keys takes the focus, and the last one, the key in the URL, would keep it.
 */
export const START_SCRIPT = `const focusFirstKey = () => {
  document.querySelector('.auth-container input')?.focus();
  document.querySelector('.modal-ux-content')?.scrollTo(0, 0);
};

const keyDialog = () => ({
  statePlugins: {
    auth: {
      wrapActions: {
        showDefinitions: (show) => (...args) => {
          requestAnimationFrame(focusFirstKey);
          return show(...args);
        },
      },
    },
  },
});

SwaggerUIBundle({
  url: 'docs-json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  plugins: [keyDialog],
});
`;

/** What the page may load: nothing from elsewhere. "Try it out" asks this service. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join(';');
