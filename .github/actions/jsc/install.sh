#!/usr/bin/env bash
# Takes jsc from the PATH; where there is none, builds it from the revision that
# the action is of. It needs Go then, of any version that can fetch another.
set -euo pipefail
if command -v jsc > /dev/null; then
  jsc version
  exit
fi
cd "$GITHUB_ACTION_PATH/../../.."
bin="$RUNNER_TEMP/jsc-bin"
GOWORK=off go build -trimpath -o "$bin/jsc" ./cmd/jsc
echo "$bin" >> "$GITHUB_PATH"
"$bin/jsc" version
