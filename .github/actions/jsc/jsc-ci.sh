#!/bin/sh
# All checks of a pull request, for any CI; none needs a key. All of them run,
# save that with mistakes in the topology, which lint tells, nothing else could
# say more. The exit code is the worst one: 1 before 3, where no more than a
# build is due, before 0.
#
#   BASE         the revision that the pull request is against (needed)
#   JSC_TRUST    the operator's public key, from outside the tree
#   UNSIGNED     true where only BASE's branch is built
#   TOPOLOGY     the topology (default: the working folder)
#   ENVIRONMENT  as --env
#   ROOT         as --root: the folder that modules and files may come from
#   LOCK         as --lock
#   OUT          as --out
#   VAR_FILE     as --var-file
#   FAIL_ON      as lint's --fail-on
#   FORMAT       text, github, sarif, json or junit
#   REPORT       a file for the outcome and the plan, in markdown
set -u
: "${BASE:?is the revision that the pull request is against}"
topology=${TOPOLOGY:-.}
folder=$topology # that a topology's other files stand in
if [ -f "$topology" ]; then folder=$(dirname -- "$topology"); fi
format=${FORMAT:-text}
report=${REPORT:-jsc.md}
rm -f -- "$report" "$report.plan" || exit 1 # a link of that name, in the tree, would have something else written over
set -- "$topology" ${ENVIRONMENT:+"--env=$ENVIRONMENT"} ${ROOT:+"--root=$ROOT"} ${LOCK:+"--lock=$LOCK"} ${OUT:+"--out=$OUT"} ${VAR_FILE:+"--var-file=$VAR_FILE"}
unsigned=
if [ "${UNSIGNED:-}" = true ]; then unsigned=--unsigned; fi

worst=0
outcome=
run() {
  command=$1
  shift
  jsc "$command" "$@"
  code=$?
  case $command$code in
  *0) said=passed ;;
  check3) said="a build is due: \`jsc build\`" ;;
  fmt3) said="to be formatted: \`jsc fmt\`" ;;
  *) said="**failed**" ;;
  esac
  outcome="$outcome| \`jsc $command\` | $said |
"
  if [ "$code" -ne 0 ] && [ "$code" -ne 3 ]; then code=1; fi
  if [ "$code" -eq 1 ] || [ "$worst" -eq 0 ]; then worst=$code; fi
}
run fmt --check --diff --recursive "$folder"
run lint "$@" --base="$BASE" --fail-on="${FAIL_ON:-error}" --format="$format"
if [ "$code" -eq 0 ] || jsc graph "$@" > /dev/null 2>&1; then # it can be compiled
  run check "$@" --base="$BASE" --require-trust $unsigned --format="$format"
  run verify "$@"
  plan() { run plan "$@" --against="$BASE" --format=markdown > "$report.plan"; }
  plan "$@"
else
  outcome="$outcome| \`jsc check\`, \`verify\`, \`plan\` | not run: mend what \`jsc lint\` says |
"
  : > "$report.plan"
fi
{
  printf '| check | outcome |\n| --- | --- |\n%s\n' "$outcome"
  cat "$report.plan"
} > "$report"
rm -f "$report.plan"
exit "$worst"
