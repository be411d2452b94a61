FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist ./web/dist
RUN CGO_ENABLED=0 go build -trimpath -ldflags=-s -o /puy ./cmd/puy

FROM alpine:3.22
RUN adduser -D -u 10001 puy && mkdir -p /var/lib/puy && chown puy /var/lib/puy
COPY --from=build /puy /usr/local/bin/puy
COPY --from=build /src/demo/catalog /usr/share/puy/demo
USER puy
WORKDIR /var/lib/puy
VOLUME /var/lib/puy
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD wget -q -O /dev/null http://127.0.0.1:8080/readyz
ENTRYPOINT ["puy"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
