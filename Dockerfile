# The service and the docker CLI on a distroless base: no shell, no npm, no root. docs/deploy/image.md says how to build and run it.
# The legacy builder and BuildKit can build it. The default base images exist for amd64 and arm64.
ARG NODE_IMAGE=node:26-trixie-slim
ARG DOCKER_CLI_IMAGE=docker:29-cli
ARG RUNTIME_IMAGE=gcr.io/distroless/nodejs26-debian13:nonroot

FROM ${DOCKER_CLI_IMAGE} AS docker-cli

FROM ${NODE_IMAGE} AS modules
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
COPY page/package.json page/
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# Deletes what the service never loads. A test checks that every file that it can load is still there.
# First the workspaces: of the client, the service uses only types, and the page is in `dist`. Then builds for browsers and bundlers, and sources.
RUN rm -rf client page node_modules/docker-stats-client node_modules/docker-stats-page node_modules/.bin node_modules/.package-lock.json \
  && cd node_modules \
  && rm -rf class-transformer/bundles class-transformer/esm5 class-transformer/esm2015 \
    class-validator/bundles class-validator/esm5 class-validator/esm2015 \
    libphonenumber-js/bundle libphonenumber-js/es6 libphonenumber-js/es6-modern libphonenumber-js/source \
    rxjs/src rxjs/dist/bundles rxjs/dist/esm rxjs/dist/esm5 rxjs/dist/types \
    validator/es validator/validator.js validator/validator.min.js \
  && find . -type d \( -name test -o -name tests -o -name __tests__ -o -name specs -o -name docs -o -name examples \
    -o -name benchmarks \) -prune -exec rm -rf {} + \
  && find . -type f \( -name '*.map' -o -name '*.ts' -o -name '*.mts' -o -name '*.cts' \
    -o -name '*.md' ! -iname 'licen[cs]e*' ! -iname 'notice*' \) -delete

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY client/package.json client/
COPY page/package.json page/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN npm run build && find dist -name '*.map' -delete
# Every user can read the files, whatever their modes in the build context are.
RUN mkdir /app && cp -r --parents dist package.json LICENSE config/default.env config/prometheus.env demo/docker.mjs \
    docs/openapi.json docs/licences.md /app \
  && chmod -R u=rwX,go=rX /app

FROM ${RUNTIME_IMAGE}
ENV NODE_ENV=production
COPY --from=docker-cli /usr/local/bin/docker /usr/local/bin/docker
COPY --from=modules /app/node_modules /app/node_modules
COPY --from=build /app /app
WORKDIR /app
# The user `nonroot` of the base. A number, so that Kubernetes can check `runAsNonRoot`.
USER 65532:65532
EXPOSE 5005
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=15s --retries=3 \
  CMD ["/nodejs/bin/node", "/app/dist/main.js", "--healthcheck"]
ENTRYPOINT ["/nodejs/bin/node", "/app/dist/main.js"]
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="docker-stats-api" \
  org.opencontainers.image.description="Live CPU % and memory (MB) of every running Docker container as JSON, behind an API key" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
