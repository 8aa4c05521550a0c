# The image of the API, of both kinds of workers on CPUs, and of `epochboard`.
FROM node:20-slim AS page
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci
COPY frontend ./
RUN npm run build

FROM python:3.11-slim
# tini reaps processes that a killed trainer leaves, and forwards signals. Exports for browsers are proved in Chromium. The home folder is the volume, so that Keras' downloads are kept.
RUN apt-get update -q \
    && apt-get install -q -y --no-install-recommends tini chromium-headless-shell \
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
# TensorFlow is installed before our code, so that a change of the code rebuilds in seconds.
COPY requirements/uv.txt requirements/cpu.txt requirements/
COPY scripts/install_locked.py scripts/
# Removes 350 MB of C++ headers and a compiler library, which only building TensorFlow operations needs.
RUN pip install --require-hashes -r requirements/uv.txt \
    && UV_NO_CACHE=1 python -m scripts.install_locked cpu --compile-all \
    && pip uninstall --quiet --yes uv \
    && cd /usr/local/lib/python3.11/site-packages \
    && rm -rf tensorflow/include clang
COPY pyproject.toml README.md ./
COPY backend backend
COPY worker worker
COPY standalone standalone
# The root file system is read-only at run time: without this, each trainer compiles our code again.
RUN pip install --no-index --no-deps --no-build-isolation -e . \
    && python -m compileall -q backend worker standalone
COPY --from=page /page/dist frontend/dist
USER 10001:10001
ENTRYPOINT ["tini", "--"]
EXPOSE 8000
