#!/bin/sh
# Compiles the module, then makes and signs the package; what is given here goes to 'skills package build'.
# Needs clang and wasm-ld (Debian: clang lld).
set -eu
cd "$(dirname "$0")"
mkdir -p modules
clang --target=wasm32 -O2 -Wall -Wextra -nostdlib -s -Wl,--no-entry -o modules/{{module}}.wasm skill.c
"${PLUGINHOST:-pluginhost}" skills package build --manifest skill.toml --module modules/{{module}}.wasm --asset assets/capabilities.toml \
  --sbom sbom.cdx.json --signing-key "${SIGNING_KEY:-publisher.pem}" --output {{skill_id}}.palyra-skill "$@"
