#!/bin/sh
# Compiles the module, then makes and signs the package; what is given here goes to 'skills package build'. Needs Node and npm.
set -eu
cd "$(dirname "$0")"
mkdir -p modules
[ -d node_modules ] || npm install --silent --no-audit --no-fund
npx asc skill.ts --outFile modules/{{module}}.wasm --optimize --noAssert
"${PLUGINHOST:-pluginhost}" skills package build --manifest skill.toml --module modules/{{module}}.wasm --asset assets/capabilities.toml \
  --sbom sbom.cdx.json --signing-key "${SIGNING_KEY:-publisher.pem}" --output {{skill_id}}.palyra-skill "$@"
