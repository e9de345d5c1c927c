#!/usr/bin/env bash
# The databases that the tests of the Better Auth plugin talk to, on Debian: installs and starts those that do not answer
# on their ports. For machines that are thrown away: anyone there may log in.
set -euo pipefail

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wanted=()
answers 5432 || wanted+=(postgresql)
answers 3306 || wanted+=(mariadb-server)
answers 6379 || wanted+=(redis-server)
[ ${#wanted[@]} -eq 0 ] && exit 0

dpkg -s "${wanted[@]}" >/dev/null 2>&1 || {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}"
}

for one in "${wanted[@]}"; do
  case $one in
    postgresql)
      sed -i -E 's/^(host\s+all\s+all\s+(127\.0\.0\.1\/32|::1\/128)\s+)\S+$/\1trust/' /etc/postgresql/*/main/pg_hba.conf
      service postgresql restart
      ;;
    mariadb-server)
      service mariadb start
      mariadb -e "alter user root@localhost identified via mysql_native_password using password('')"
      ;;
    redis-server) service redis-server start ;;
  esac
done

for port in 5432 3306 6379; do
  for _ in {1..60}; do answers $port && continue 2; sleep 1; done
  echo "nothing answers on port $port" >&2
  exit 1
done
