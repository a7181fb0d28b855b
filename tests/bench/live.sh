#!/bin/sh
# live.sh: what a capture costs the sender: nanoseconds a packet on veth without capture,
# with bpfcap and with tcpdump, in turn, the minimum of ROUNDS rounds each.
# In: $BPFCAP (or the tests' capture), PACKETS, ROUNDS.  Out: a table, ratios to none.
. "${srcdir:-.}/tests/live/netns.sh"

packets=${PACKETS:-200000}
rounds=${ROUNDS:-7}
tool=${BPFCAP:-${builddir:-.}/bpfcap}
nothing='tcp port 9'
everything='greater 1'

# cost NAME SIZE COMMAND...: one round.
cost() {
	name=$1
	size=$2
	shift 2
	pid=
	if [ $# -gt 0 ]; then
		ip netns exec "$far" "$@" >/dev/null 2>"$work/err" &
		pid=$!
		sleep 1
	fi
	ns=$(on_near "$send" raw v0 "$packets" "$size")
	if [ -n "$pid" ]; then
		sleep 0.3
		kill -INT "$pid"
		wait "$pid"
		pid=
	fi
	lost=$(sed -n 's/^\([0-9]*\) packets* dropped by kernel.*/\1/p' "$work/err")
	echo "$name $size $ns ${lost:-0}" >>"$work/costs"
}

ours() {
	if [ -x "$tool" ]; then
		cost "$1" "$2" "$tool" -i v1 -w /dev/null "$3"
	else
		cost "$1" "$2" "$capture" -i v1 "$3"
	fi
}

theirs() {
	command -v tcpdump >/dev/null && cost "$1" "$2" tcpdump -Z root -i v1 -w /dev/null "$3"
}

: >"$work/costs"
for round in $(seq "$rounds"); do
	for size in 64 1500; do
		: >"$work/err"
		cost none $size
		ours bpfcap-none $size "$nothing"
		theirs tcpdump-none $size "$nothing"
		ours bpfcap-all $size "$everything"
		theirs tcpdump-all $size "$everything"
	done
	echo "# round $round of $rounds" >&2
done
awk '
	{ key = $1 " " $2; if (!(key in least) || $3 < least[key]) least[key] = $3; lost[key] += $4 }
	END {
		printf "%-14s %6s %8s %7s %8s\n", "capture", "bytes", "ns", "ratio", "lost"
		split("none bpfcap-none tcpdump-none bpfcap-all tcpdump-all", names)
		for (s = 64; s <= 1500; s += 1436)
			for (i = 1; i <= 5; i++) {
				key = names[i] " " s
				if (key in least)
					printf "%-14s %6d %8d %7.2f %8d\n", names[i], s, least[key],
						least[key] / least["none " s], lost[key]
			}
	}' "$work/costs"
