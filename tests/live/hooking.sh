# hooking.sh: read by the tests of the hooks of one interface: captures in $far that write
# files, what they say, and other people's programs beside them.  Needs netns.sh.

tool=${BPFCAP:-${builddir:-.}/bpfcap}
guest=${GUEST:-${builddir:-.}/tests/live/guest}
[ "$kinds" != packet ] || skip_all "this build has no eBPF capture"
[ -x "$tool" ] || skip_all "bpfcap is not built"

is() { [ "$1" = "$2" ]; }
no() { ! "$@"; }
v1=$(ip -n "$far" -o link show v1 | cut -d: -f1)

# start NAME ARGS...: bpfcap in $far, which writes $work/NAME.pcap, and whose words go to
# NAME.err; all that were started are in $pid.
start() {
	name=$work/$1
	shift
	: >"$name.err"
	: >"$work/out"
	# shellcheck disable=SC2086  # a command and its options
	ip netns exec "$far" ${as:-} "$tool" -v -w "$name.pcap" "$@" >"$name.out" 2>"$name.err" &
	pid="$pid $!"
	tries=100
	until grep -q 'listening on' "$name.err"; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 $! 2>/dev/null || break
		sleep 0.05
	done
}

# finish [SIGNAL]: all of them; $status is the last one's.
finish() {
	sleep 0.3
	# shellcheck disable=SC2086  # a list
	[ -z "${1:-}" ] || kill -"$1" $pid
	for one in $pid; do
		wait "$one"
		status=$?
	done
	pid=
	cp "$name.err" "$work/err"
}

says() { grep -q -e "$1" "$work/err"; }
counted() { # CAPTURED RECEIVED DROPPED
	says "^$1 packets* captured" && says "^$2 packets* received by filter" &&
		says "^$3 packets* dropped by kernel"
}
# bytes NAME: of all packets of the file, a line each, in any order.
bytes() {
	"$tool" -n -t -xx -q -r "$work/$1.pcap" 2>/dev/null |
		awk '/^\t0x/ { sub(/^[^:]*: */, ""); line = line $0; next }
		line { print line; line = "" } END { if (line) print line }' | sort
}
records() { bytes "$1" | wc -l; }
same() { # NAME NAME
	bytes "$1" >"$work/a"
	bytes "$2" >"$work/b"
	cmp -s "$work/a" "$work/b" && return
	echo "# $1 and $2:"
	diff "$work/a" "$work/b" | cut -c1-150 | sed 's/^/# /' | head -n 6
	return 1
}
qdisc_there() { on_far tc qdisc show dev v1 | grep -q clsact; }
# filters SIDE: of the clsact qdisc, ingress or egress, in order, each "PRIORITY NAME".
filters() {
	on_far tc filter show dev v1 "$1" 2>/dev/null |
		sed -n 's/.* pref \([0-9]*\) .* \([^ ]*\):\[.*/\1 \2/p' | tr '\n' ' ' | sed 's/ $//'
}
there() { on_far "$guest" v1 | sed -n "s/^$1: *//p"; } # in order
all_there() {
	there in
	there out
	there xdp
	filters ingress
	filters egress
}

# invite PLACE NAME...: other people's programs on v1; farewell: $counts is what they
# counted.
invite() {
	visits=$((visits + 1))
	: >"$work/guest.err" # the last one was ready too
	ip netns exec "$far" "$guest" v1 "$@" >"$work/guests.$visits" 2>"$work/guest.err" &
	guests="$guests $!"
	tries=100
	until grep -q ready "$work/guest.err"; do
		tries=$((tries - 1))
		[ $tries != 0 ] || return 1
		sleep 0.05
	done
}
farewell() {
	# shellcheck disable=SC2086  # a list
	[ -z "$guests" ] || kill $guests
	# shellcheck disable=SC2086
	wait $guests
	guests=
	counts=$(sort "$work"/guests.* | tr '\n' ' ')
	rm -f "$work"/guests.*
}
guests=
visits=0
trap 'farewell 2>/dev/null; clean_up' EXIT
