# syntax=docker/dockerfile:1.7
# Builds with BuildKit: docker build -t wallboard .
# A release replaces both tags by digests (docker buildx imagetools inspect TAG).
ARG RUST=rust:1.95.0-bookworm
ARG RUNTIME=gcr.io/distroless/cc-debian12:nonroot

FROM ${RUST} AS build
WORKDIR /build
COPY Cargo.toml Cargo.lock ./
COPY src src
COPY crates crates
COPY simulator simulator
COPY templates templates
COPY static static
COPY migrations migrations
COPY boards boards
# Named in Cargo.toml, which is not read without them.
COPY benches benches
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/build/target \
    cargo build --locked --profile dist --bin wallboard --bin wallboard-bench \
    && install -D --target-directory /image/usr/local/bin target/dist/wallboard target/dist/wallboard-bench \
    && install -d /image/var/lib/wallboard /image/etc/wallboard

# No shell, no package manager, the certificates of the public authorities.
FROM ${RUNTIME}
COPY --from=build /image/usr/local/bin /usr/local/bin
COPY --from=build /image/etc/wallboard /etc/wallboard
COPY --from=build --chown=65532:65532 /image/var/lib/wallboard /var/lib/wallboard

USER 65532:65532
WORKDIR /var/lib/wallboard
# The one place that is written to: docker run --read-only.
VOLUME /var/lib/wallboard
ENV TMPDIR=/var/lib/wallboard
EXPOSE 8080
STOPSIGNAL SIGTERM
# WALLBOARD_URL tells where, if not at http://127.0.0.1:8080.
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/wallboard", "health"]
ENTRYPOINT ["/usr/local/bin/wallboard"]
CMD ["serve", "--config", "/etc/wallboard/wallboard.toml", "--log-format", "json"]
