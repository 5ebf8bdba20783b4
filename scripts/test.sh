#!/usr/bin/env bash
# npm test: everything, on real engines. `test.sh unit|lab|long` runs a part.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/setup.sh

install_node_packages
part=${1:-all}
# The scenario of a host behind ssh runs an sshd of its own.
[ "$part" = unit ] || install_lab_packages openssh-server
say "building"
node scripts/build.mjs --quiet

jest() {
  node --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js "$@"
}

case "$part" in
  unit) jest --selectProjects unit ;;
  lab) jest --selectProjects scenarios --maxWorkers=2 ;;
  all)
    say "unit tests"
    jest --selectProjects unit
    say "scenarios on the lab"
    jest --selectProjects scenarios --maxWorkers=2
    ;;
esac
