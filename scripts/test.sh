#!/usr/bin/env bash
# npm test: everything, on real engines. `test.sh unit|lab|long` runs a part; `lab` takes options of jest.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

install_node_packages
part=${1:-all}
# Scenarios of their own run an sshd and PostgreSQL servers, complete in every shell, and read the manual page.
[ "$part" = unit ] || install_lab_packages openssh-server postgresql libfaketime zsh fish man-db groff-base mandoc
say "building"
node scripts/build.mjs --quiet

jest() {
  node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js "$@"
}

# Every command in every small state, and random sequences of commands (test/prove): 50,000 cases and more.
prove() {
  say "proof"
  node dist/prove/main.js
}

# Thousands of schedules of kills and lost answers against simulated hosts, and of hostile inputs.
simulate() {
  say "simulation"
  node dist/simulation/main.js --schedules 3000
  say "hostile inputs"
  node dist/hostile/main.js --inputs 20000
}

case "$part" in
  unit)
    prove
    simulate
    jest --selectProjects unit --maxWorkers=2 --testTimeout 20000
    ;;
  lab) jest --selectProjects scenarios --maxWorkers=2 "${@:2}" ;;
  all)
    prove
    simulate
    say "unit tests"
    jest --selectProjects unit --maxWorkers=2 --testTimeout 20000
    say "scenarios on the lab"
    jest --selectProjects scenarios --maxWorkers=2
    ;;
  long)
    # Hours on a busy machine; each part says how it ended, and the summary says it again.
    summary=()
    run() {
      local name=$1
      shift
      say "$name"
      if "$@"; then summary+=("passed  $name"); else summary+=("FAILED  $name"); fi
    }
    run "proof, a million cases and more" node --max-old-space-size=3000 dist/prove/main.js --long
    run "1,000,000 simulated schedules" node dist/simulation/main.js --schedules 1000000
    run "each guard taken out is seen in the simulation" node dist/spoiled/spoil.js
    run "1,000,000 hostile inputs" node dist/hostile/main.js --inputs 1000000
    run "mutants of the pure core" npx stryker run
    run "5,000,000 requests during 1,000 operations" node dist/traffic/main.js --long
    run "cmanage spoiled on purpose loses requests" node dist/traffic/main.js --sabotage all
    run "16 operators, 1,000 commands each" node dist/operators/main.js --commands 1000
    run "kills and faults on real engines" node dist/faults/main.js
    run "each guard taken out is noticed" node dist/faults/guardsMain.js
    run "10,000 services" node dist/bench/scale/main.js --check
    printf '%s\n' "${summary[@]}"
    [[ "${summary[*]}" != *FAILED* ]]
    ;;
esac
