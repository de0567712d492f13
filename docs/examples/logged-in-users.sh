#!/usr/bin/env bash
# A collector for PerfWatch: how many sessions and users are logged in, every 5 seconds.
# Usage: NATS_URL=nats://user:password@host:4222 logged-in-users.sh [HOST]
set -eu
address=${NATS_URL:?set it to nats://user:password@host:4222}
address=${address#nats://} credentials=${address%@*} address=${address##*@}
[[ $credentials == *:* ]] || { echo 'NATS_URL has no user:password' >&2; exit 1; }
host=$(tr -c 'A-Za-z0-9_\n-' _ <<<"${1:-$(uname -n)}") host=${host:0:63}
exec 3<>"/dev/tcp/${address%:*}/${address##*:}"

# Sends one command of the NATS protocol and waits until the server has taken it.
send() {
  printf '%s\r\n' "$@" >&3
  while IFS= read -r -t 10 reply <&3; do
    case $reply in
      +OK*) return ;;
      PING*) printf 'PONG\r\n' >&3 ;;
      -ERR*) echo "refused: $reply" >&2; exit 1 ;;
    esac
  done
  echo 'connection closed' >&2; exit 1
}

send "CONNECT {\"verbose\":true,\"user\":\"${credentials%%:*}\",\"pass\":\"${credentials#*:}\"}"
while true; do
  now=$(date +%s) tick=$(((now + 2) / 5 * 5 + 5)) # the next multiple of 5 s, even if the last sleep ended a moment early
  sleep $((tick - now))
  sessions=$(who | wc -l) users=$(who | cut -d' ' -f1 | sort -u | wc -l)
  sample="{\"host\":\"$host\",\"collector\":\"logins\",\"ts\":\"$(date -u -d "@$tick" +%FT%TZ)\",\"interval_ms\":5000,\"metrics\":{\"sessions_count\":$sessions,\"users_count\":$users}}"
  send "PUB perfwatch.v1.metrics.$host.logins ${#sample}" "$sample"
done
