FROM node:24-slim AS assets
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts

FROM python:3.13-slim
WORKDIR /app
COPY . .
COPY --from=assets /app/node_modules node_modules
RUN python -m local.assets
RUN pip install --no-cache-dir -c constraints.txt ".[s3,redis,metrics]" && useradd --system open311 \
    && install -d -o open311 /var/lib/open311/media
USER open311
ENV OPEN311_BIND=0.0.0.0:8311 OPEN311_MEDIA_STORE=/var/lib/open311/media
EXPOSE 8311
HEALTHCHECK CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8311/health/live')"]
CMD ["sh", "-c", "open311 db upgrade && exec open311 serve"]
