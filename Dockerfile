# syntax=docker/dockerfile:1

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_NO_INPUT=1
WORKDIR /source
RUN python -m venv /opt/stepchange
# the packages change less often than the source: a layer of their own
COPY requirements.lock ./
RUN /opt/stepchange/bin/pip install --require-hashes --requirement requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY api api
COPY domain domain
COPY prioritisation prioritisation
COPY migrations migrations
RUN /opt/stepchange/bin/pip install --no-deps --no-build-isolation . \
    && /opt/stepchange/bin/python -m compileall -q /opt/stepchange/lib

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/stepchange --create-home stepchange
COPY --from=build /opt/stepchange /opt/stepchange
# inside a container only its own network reaches this address; what is published is compose's or the operator's
ENV PATH=/opt/stepchange/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/tmp/numba \
    STEPCHANGE_HOST=0.0.0.0 \
    STEPCHANGE_PORT=8000 \
    STEPCHANGE_LOG_FORMAT=json
WORKDIR /var/lib/stepchange
USER 10001:10001
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen(f\"http://127.0.0.1:{os.environ['STEPCHANGE_PORT']}/readyz\", timeout=4)"]
ENTRYPOINT ["stepchange"]
CMD ["serve"]
