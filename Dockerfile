# The board on processors: the service, both kinds of workers and `epochboard` itself, one image for all of them.
FROM node:20-slim AS page
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
RUN npm run build

FROM python:3.11-slim
# tini reaps what a killed trainer leaves, and hands signals on. The user's home is the volume: what Keras fetches is kept.
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* \
    && groupadd --gid 10001 epochboard \
    && useradd --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin epochboard \
    && install -d -o 10001 -g 10001 -m 0750 /data /secrets
ENV PYTHONUNBUFFERED=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_ROOT_USER_ACTION=ignore \
    EPOCHBOARD_DATA_DIR=/data
WORKDIR /app
# TensorFlow comes before our code: a change of the code takes seconds.
COPY requirements/cpu.txt requirements/
# Left out: 350 MB of C++ headers and a compiler's library, for those who build TensorFlow operations.
RUN pip install --require-hashes -r requirements/cpu.txt \
    && cd /usr/local/lib/python3.11/site-packages \
    && rm -rf tensorflow/include clang
COPY pyproject.toml README.md ./
COPY backend backend
COPY worker worker
COPY standalone standalone
# The root of a container is read-only: what is not compiled here is compiled again by each trainer.
RUN pip install --no-index --no-deps --no-build-isolation -e . \
    && python -m compileall -q backend worker standalone
COPY --from=page /page/dist frontend/dist
USER 10001:10001
ENTRYPOINT ["tini", "--"]
EXPOSE 8000
