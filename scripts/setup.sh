# Sourced by the other scripts: installs what is missing, and says what it does. Safe to run again.

say() { printf '%s\n' "== $*" >&2; }

# The packages of package-lock.json. sqlite3 compiles for about a minute where no prebuilt file can be had, with Node's own
# header files where they are installed, since they cannot be downloaded everywhere; the installed tree is kept as long as
# the lock file stays the same.
install_node_packages() {
  local stamp=node_modules/.installed-for
  if [ -f "$stamp" ] && cmp -s "$stamp" package-lock.json; then return; fi
  say "npm ci (sqlite3 compiles for about a minute the first time)"
  local prefix
  prefix=$(dirname "$(dirname "$(node -p process.execPath)")")
  if [ -z "${npm_config_nodedir:-}" ] && [ -f "$prefix/include/node/node.h" ]; then export npm_config_nodedir=$prefix; fi
  # What is bundled is a development dependency, too: without these nothing can be built.
  if ! npm ci --include=dev --no-audit --no-fund --loglevel=error; then
    say "npm ci failed: above stands why. It needs the npm registry, and for sqlite3 either github.com (a prebuilt file) or python3, make, g++ and Node's header files"
    return 1
  fi
  cp package-lock.json "$stamp"
}

# The lab's programs, and more where they are named. Without root or apt-get this is left to the person; the lab then says what is missing.
install_lab_packages() {
  local wanted=(docker.io haproxy docker-registry busybox-static iproute2 iptables socat openssl curl "$@")
  local missing=()
  for package in "${wanted[@]}"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    say "these packages are missing and cannot be installed here: ${missing[*]}"
    return
  fi
  say "apt-get install ${missing[*]}"
  apt-get update -qq
  # RUNLEVEL=1 keeps what is installed from being started as a service.
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}
