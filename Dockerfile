# The program in a container: docker build -t linkage . && docker run --rm linkage demo --case /tmp/demo
#
# Two stages, so that neither uv nor the sources are in the image that runs. What is installed is what
# requirements.lock names, each file by its hash.
ARG PYTHON=3.13
FROM python:${PYTHON}-slim AS build
WORKDIR /src
COPY requirements.lock pyproject.toml README.md LICENSE ./
COPY linkage linkage
COPY queries queries
COPY fixtures fixtures
RUN python -m venv /opt/linkage \
    && /opt/linkage/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && /opt/linkage/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
    && /opt/linkage/bin/pip uninstall --yes --quiet uv hatchling

FROM python:${PYTHON}-slim
RUN useradd --create-home --uid 1000 linkage && install -d -o linkage -g linkage /cases
COPY --from=build /opt/linkage /opt/linkage
ENV PATH=/opt/linkage/bin:$PATH PYTHONUNBUFFERED=1
USER linkage
# Logs come in at /logs (read-only), cases go out at /cases: compose.yaml mounts both.
WORKDIR /cases
ENTRYPOINT ["linkage"]
CMD ["--help"]
