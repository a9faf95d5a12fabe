# One image for every role: the API (which serves the web app), the worker, or both.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json pnpm-lock.yaml pnpm-workspace.yaml turbo.json tsconfig.base.json ./
COPY patches patches
COPY apps/api/package.json apps/api/
COPY apps/web/package.json apps/web/
COPY packages/api-client/package.json packages/api-client/
COPY packages/e2e/package.json packages/e2e/
COPY packages/stripe-stand-in/package.json packages/stripe-stand-in/
# The database runs in a container of its own, so the embedded one stays out.
RUN npx --yes pnpm@10.34.9 install --frozen-lockfile --filter '!@ordinatus/e2e' --no-optional
COPY . .
RUN npx --yes pnpm@10.34.9 run build \
 && npx --yes pnpm@10.34.9 --filter @ordinatus/api deploy --legacy --prod --no-optional /deployed \
 && cp -r apps/api/dist /deployed/dist \
 && cp -r apps/web/dist /deployed/web

FROM node:24-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 WEB_ROOT=/app/web DATA_DIR=/data
WORKDIR /app
COPY --from=build /deployed ./
RUN mkdir /data && chown node:node /data
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD node -e "fetch('http://127.0.0.1:3000/readyz').then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"
ENTRYPOINT ["node", "dist/main.js"]
