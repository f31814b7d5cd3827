#!/bin/sh
# Compiles the module, then makes and signs the package; what is given here goes to 'skills package build'.
# Needs rustc with the target wasm32-unknown-unknown (rustup target add wasm32-unknown-unknown; Debian: rustc libstd-rust-dev-wasm32).
set -eu
cd "$(dirname "$0")"
mkdir -p modules
"${RUSTC:-rustc}" --edition 2021 --target wasm32-unknown-unknown --crate-type cdylib -O -C panic=abort -C link-arg=-s \
  -o modules/{{module}}.wasm lib.rs
"${PLUGINHOST:-pluginhost}" skills package build --manifest skill.toml --module modules/{{module}}.wasm --asset assets/capabilities.toml \
  --sbom sbom.cdx.json --signing-key "${SIGNING_KEY:-publisher.pem}" --output {{skill_id}}.palyra-skill "$@"
