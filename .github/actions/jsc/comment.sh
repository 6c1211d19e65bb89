#!/usr/bin/env bash
# Keeps the report in one comment on the pull request NUMBER: the one that it
# made before, known by its first line, else a new one.
set -euo pipefail
if [ ! -s "$REPORT" ]; then exit; fi
marker='<!-- the report of jsc -->'
comments="repos/$GITHUB_REPOSITORY/issues"
body="$RUNNER_TEMP/jsc-comment.md"
# A comment has 65,536 characters at most. Every line is whole markup, so that it
# can end after any.
{
  echo "$marker"
  head -c 60000 "$REPORT" | if [ "$(wc -c < "$REPORT")" -gt 60000 ]; then sed '$d'; echo '- … the rest is in the summary of the job'; else cat; fi
} > "$body"
mine=".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id"
id=$(gh api --paginate "$comments/$NUMBER/comments" --jq "$mine" | sed -n 1p)
if [ -n "$id" ]; then
  gh api --silent --method PATCH "$comments/comments/$id" --field "body=@$body"
else
  gh api --silent --method POST "$comments/$NUMBER/comments" --field "body=@$body"
fi
