#!/usr/bin/env bash
# npm run quickstart: the main job, live, on real Docker engines and a real HAProxy on this machine.
# Every claim is checked against the world: the engines' own lists, the registry, and requests through HAProxy.
# Leaves the lab up with addresses to try; `npm run quickstart -- --down` removes it.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

dir=${QUICKSTART_DIR:-/tmp/cmanage-quickstart}
lab() { node dist/lab/main.js "$@" --dir "$dir"; }
cmanage() { bin/cmanage "$@"; }

explain() { printf '\n\033[1m%s\033[0m\n' "$*"; }

# Prints a command as the reader would type it, and runs it.
run() {
  printf '$ %s\n' "$*"
  "$@"
}

# Runs a command that must be refused with exit code 3.
run_refused() {
  local code=0
  printf '$ %s\n' "$*"
  "$@" || code=$?
  check "the exit code is 3 (refused)" test "$code" -eq 3
}

check() {
  local claim=$1
  shift
  if "$@"; then printf '  checked: %s\n' "$claim"; else
    printf '  NOT TRUE: %s\n' "$claim" >&2
    exit 1
  fi
}

# The containers an engine says it runs: "NAME IMAGE" a line, from the engine's own API.
containers_on() {
  curl -sf --unix-socket "$1" http://engine/containers/json |
    node -e 'for (const c of JSON.parse(require("fs").readFileSync(0)))
      console.log(c.Names[0].slice(1), c.Image, c.Labels["cmanage.version"])' | sort
}
running() { { containers_on "$LAB_SOCKET_DOCKER01"; containers_on "$LAB_SOCKET_DOCKER02"; } | wc -l; }
runs() { [ "$(running)" -eq "$1" ]; }
versions_on() { containers_on "$1" | awk '{print $3}' | paste -sd' '; }
versions_are() { [ "$(versions_on "$LAB_SOCKET_DOCKER01")" = "$1" ] && [ "$(versions_on "$LAB_SOCKET_DOCKER02")" = "$1" ]; }

# Every container runs the digest its version's tag has in the registry.
digests_are_pinned() {
  local name image version digest
  while read -r name image version; do
    digest=$(curl -sfI -H 'Accept: application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json' \
      "http://$LAB_REGISTRY/v2/larhauga/webapp/manifests/$version" | tr -d '\r' | awk -F': ' 'tolower($1) == "docker-content-digest" {print $2}')
    [ "${image#*@}" = "$digest" ] || return 1
  done < <(containers_on "$LAB_SOCKET_DOCKER01"; containers_on "$LAB_SOCKET_DOCKER02")
}

answers() { # PORT VERSION: four requests all give the version
  for _ in 1 2 3 4; do curl -sf "http://$LAB_LB:$1/" | grep -q "Version $2\$" || return 1; done
}
both_hosts_answer() { # PORT: four requests are answered by two containers
  [ "$(for _ in 1 2 3 4; do curl -sf -o /dev/null -w '%header{x-container}\n' "http://$LAB_LB:$1/"; done | sort -u | wc -l)" -eq 2 ]
}

# One hash over the state database, what both engines run, and HAProxy's file.
world() {
  { cat "$dir/state/cmanage.db" "$dir/haproxy/lb01/haproxy.cfg"; containers_on "$LAB_SOCKET_DOCKER01"; containers_on "$LAB_SOCKET_DOCKER02"; } | sha256sum
}

case "$*" in
  '' | --down) ;;
  *)
    echo "npm run quickstart shows the main job on real engines in $dir, and leaves them up; npm run quickstart -- --down removes them" >&2
    exit 2
    ;;
esac

install_node_packages
say "building"
node scripts/build.mjs --quiet

if [ "${1:-}" = --down ]; then
  lab down
  exit
fi
# Whatever ends it early, the person is told what stands and what to type.
trap 'code=$?; rm -f "${printed:-}"; [ $code -eq 0 ] || say "stopped with exit code $code. What is up stays up: npm run quickstart -- --down removes it, npm run quickstart begins anew"; exit $code' EXIT
install_lab_packages
lab down >/dev/null 2>&1 || true

explain "1. Two Docker engines with TLS, a registry and HAProxy, on this machine"
lab up --hosts 2
eval "$(lab env)"
export CMANAGE_ETC

explain "2. The state database"
run cmanage init

explain "3. A service: two twin stacks on two hosts, three versions each; position 0 is the oldest"
run cmanage addservice webapp -i "$LAB_REGISTRY/larhauga/webapp" -s 2 -v v0.1 v0.2 v0.3 --health /health --memory 128m
check "six containers run, three per host, in order" versions_are "v0.1 v0.2 v0.3"
check "each runs the digest its tag has in the registry" digests_are_pinned

explain "4. Three endpoints: production shows position 0, QA position 1, development position 2"
run cmanage addendpoint prod -s webapp -p 8080 --quiet
run cmanage addendpoint qa -s webapp -p 8081 --quiet
run cmanage addendpoint dev -s webapp -p 8082 --quiet
check "production answers v0.1" answers 8080 v0.1
check "QA answers v0.2" answers 8081 v0.2
check "development answers v0.3" answers 8082 v0.3
check "both hosts answer in turn" both_hosts_answer 8080

explain "5. What would a release of v0.4 do? A dry run shows the very steps, and touches nothing"
before=$(world)
run cmanage release webapp -v v0.4 --dry-run
check "database, engines and HAProxy are unchanged (same hash)" test "$(world)" = "$before"
printed=$(mktemp)
bin/cmanage release webapp -v v0.4 --dry-run -o json >"$printed"

explain "6. The release: v0.4 goes on top of both stacks; no endpoint changes"
run cmanage release webapp -v v0.4
check "eight containers run" runs 8
check "production still answers v0.1, QA v0.2, development v0.3" eval 'answers 8080 v0.1 && answers 8081 v0.2 && answers 8082 v0.3'
check "the steps that ran are the steps that were printed" node scripts/sameSteps.mjs "$printed" "$dir/state/cmanage.db"

explain "7. Versions never go back by accident"
before=$(world)
run_refused cmanage release webapp -v v0.2
check "nothing was touched" test "$(world)" = "$before"

explain "8. Promotion is a pop: position 0 goes, and what was QA is production, warm, the same bits"
# At a terminal a pop asks before containers go; nobody is to be kept waiting here.
run cmanage pop webapp --yes
check "six containers run" runs 6
check "production answers v0.2, QA v0.3, development v0.4" eval 'answers 8080 v0.2 && answers 8081 v0.3 && answers 8082 v0.4'
run_refused cmanage pop webapp

explain "9. What is there"
run cmanage show services
run cmanage show endpoints
cmanage show services -o json | node -e 'JSON.parse(require("fs").readFileSync(0))'
check "-o json parses" true

explain "The lab is up. Try:"
cat <<END
  export CMANAGE_ETC=$CMANAGE_ETC PATH=$PWD/bin:\$PATH
  curl http://$LAB_LB:8080/     production      (8081 QA, 8082 development)
  cmanage upstream webapp
  cmanage release webapp -v v0.5 --dry-run
  cmanage show containers --live
Remove it all with: npm run quickstart -- --down
END
