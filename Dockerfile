# The image of every service: its bundle, its bill of materials and Node, nothing else. The context is the folder that holds the bundles:
#
#   npx cloudmart image order
#   docker build --file Dockerfile --build-arg SERVICE=order --network none dist/bundles     # after npx cloudmart bundle
#
# BASE holds Node 24 in /nodejs/bin, the C and C++ libraries, certificates and time zones; no shell, no package manager.
# CHECKER is the same for the platform that builds, so that an image for another one is built without emulation.
ARG BASE=gcr.io/distroless/nodejs24-debian12:nonroot@sha256:14d42e2511532589a7c7e01a753667a74fcc96266e137e8125006b87b0c32d0a
ARG CHECKER=${BASE}

FROM --platform=$BUILDPLATFORM ${CHECKER} AS checked
ARG SERVICE
USER 0:0
WORKDIR /image/app
COPY ${SERVICE}/ ./
COPY ${SERVICE}.cdx.json /image/sbom.cdx.json
# Refuses an empty file: an image of them was once built, pushed and rolled out without a complaint. Then gives every file the
# same time and mode, so that the same bundle is the same layer wherever it is built.
RUN ["/nodejs/bin/node", "-e", " \
  const all = fs.readdirSync('/image', { recursive: true, withFileTypes: true }); \
  for (const entry of all) { \
    const file = `${entry.parentPath}/${entry.name}`; \
    if (entry.isFile() && fs.readFileSync(file, 'utf8').trim() === '') \
      throw new Error(`${file} of ${process.env.SERVICE} is empty; run npx cloudmart bundle again`); \
    fs.chmodSync(file, entry.isFile() ? 0o444 : 0o555); \
    fs.utimesSync(file, 0, 0); \
  } \
  fs.utimesSync('/image', 0, 0);"]
RUN ["/nodejs/bin/node", "--check", "main.mjs"]

FROM ${BASE}
ARG SERVICE
# Hash of the bundle, also the tag; images without one are for this machine only, and the pre-flight refuses them.
ARG BUNDLE=unreleased
# Commit that the bundle was made from.
ARG REVISION=unknown
ARG BASE
LABEL org.opencontainers.image.title=${SERVICE} \
      org.opencontainers.image.version=${BUNDLE} \
      org.opencontainers.image.revision=${REVISION} \
      org.opencontainers.image.base.name=${BASE} \
      org.opencontainers.image.vendor=CloudMart \
      org.opencontainers.image.licenses=Apache-2.0
COPY --from=checked /image/ /
WORKDIR /app
ENV NODE_ENV=production
# The same as in the pods (lib/workloads/deployment.ts); numeric, because the kubelet cannot tell whether a named user is root.
USER 10001:10001
HEALTHCHECK --interval=5s --timeout=4s --start-period=60s --retries=3 CMD ["/nodejs/bin/node", "-e", "fetch(`http://127.0.0.1:${process.env.PROBE_PORT ?? process.env.HTTP_PORT}/health/ready`, { signal: AbortSignal.timeout(3000) }).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["/nodejs/bin/node", "main.mjs"]
