# netns.sh: read by the live tests: two network namespaces joined by a veth pair, a
# capture in one of them, checks of its figures.  In: $builddir, or $CAPTURE and $SEND.
# Out: TAP; skips (77) without root, namespaces or eBPF.
#
#   $near: 10.9.0.1 on v0, sends;  $far: 10.9.0.2 on v1, where the capture runs

capture=${CAPTURE:-${builddir:-.}/tests/live/capture}
send=${SEND:-${builddir:-.}/tests/live/send}
work=$(mktemp -d)
near=bpfcap-near-$$
far=bpfcap-far-$$
number=0
failed=0
pid=

skip_all() {
	echo "1..0 # SKIP $*"
	exit 77
}

clean_up() {
	# shellcheck disable=SC2086  # one or several
	[ -z "$pid" ] || kill $pid 2>/dev/null
	ip netns del "$near" 2>/dev/null
	ip netns del "$far" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT
trap "exit 1" INT TERM HUP PIPE

[ "$(id -u)" = 0 ] || skip_all "this needs root"
command -v ip >/dev/null || skip_all "this needs iproute2"
ip netns add "$near" 2>/dev/null && ip netns add "$far" 2>/dev/null ||
	skip_all "no network namespaces here"

make_veth() {
	ip link add v0 netns "$near" address 02:00:00:00:00:01 type veth \
		peer name v1 netns "$far" address 02:00:00:00:00:02 || return 1
	ip -n "$near" link set v0 up
	ip -n "$far" link set v1 up
	ip -n "$near" addr add 10.9.0.1/24 dev v0
	ip -n "$far" addr add 10.9.0.2/24 dev v1
	ip -n "$near" neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0
	ip -n "$far" neigh replace 10.9.0.1 lladdr 02:00:00:00:00:01 dev v1
}

for ns in "$near" "$far"; do
	ip netns exec "$ns" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1 2>/dev/null
	ip -n "$ns" link set lo up
done
# A build --without-bpf has the ring only; asked on v1 while it is down, so that it ends.
kinds='sock packet'
make_veth || skip_all "no veth devices here"
ip -n "$far" link set v1 down
if ip netns exec "$far" timeout 10 "$capture" -k sock -i v1 udp 2>&1 |
	grep -q 'no eBPF capture'; then
	kinds=packet
fi
ip -n "$far" link set v1 up

on_near() { ip netns exec "$near" "$@"; }
on_far() { ip netns exec "$far" "$@"; }

# begin ARGS...: starts a capture in $far and waits until it captures.
begin() {
	: >"$work/out"
	: >"$work/err"
	# shellcheck disable=SC2086  # a command and its options
	timeout 60 ip netns exec "$far" ${as:-} "$capture" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	tries=100
	until grep -q '^ready' "$work/err"; do
		tries=$((tries - 1))
		if [ $tries = 0 ] || ! kill -0 "$pid" 2>/dev/null; then
			return 1
		fi
		sleep 0.05
	done
}

# end: stops it when the packets have had time to arrive; $status.
end() {
	sleep "${settle:-0.2}"
	kill -TERM "$pid" 2>/dev/null
	wait "$pid"
	status=$?
	pid=
}

# figure NAME: a number of the capture's last line.
figure() {
	awk -v name="$1" '/^captured/ { for (i = 1; i < NF; i += 2) if ($i == name) print $(i + 1) }' \
		"$work/out"
}

report() {
	number=$((number + 1))
	if [ "$1" = ok ]; then
		echo "ok $number - $2"
	else
		failed=$((failed + 1))
		echo "not ok $number - $2"
		sed 's/^/# /' "$work/out" "$work/err" | tail -n 20
	fi
}

# want TITLE [NAME VALUE]...: the figures are these.
want() {
	title=$1
	shift
	verdict=ok
	while [ $# -gt 1 ]; do
		if [ "$(figure "$1")" != "$2" ]; then
			echo "# $1: $(figure "$1"), expected $2"
			verdict=bad
		fi
		shift 2
	done
	report $verdict "$title"
}

# holds TITLE COMMAND...: it succeeds.
holds() {
	title=$1
	shift
	if "$@"; then report ok "$title"; else report bad "$title"; fi
}

done_testing() {
	echo "1..$number"
	[ $failed = 0 ]
	exit
}
