/** The Swagger UI page. It loads everything from this service, by relative URLs that also work behind a proxy with a path prefix. */
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
 * Starts Swagger UI; a separate file, since its Content-Security-Policy forbids inline scripts. It does not store the API key.
 * Each field of Swagger UI's key dialog takes the focus, so without `focusFirstKey` the last one would have it.
 */
export const START_SCRIPT = `const focusFirstKey = () => {
  document.querySelector('.auth-container input')?.focus();
  document.querySelector('.modal-ux-content')?.scrollTo(0, 0);
};

const keyDialogPlugin = () => ({
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
  plugins: [keyDialogPlugin],
});
`;
