#!/bin/sh
# counters.sh: SIGUSR1 shows the counters of a run and does not end it, whatever the
# packets come from.
. "${srcdir:-.}/tests/live/netns.sh"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
file=$work/file.pcap
[ -x "$tool" ] || skip_all "bpfcap is not built"

is() { [ "$1" = "$2" ]; }
says() { grep -q "$1" "$work/err"; }

# until_says PATTERN: waits for it; false: it does not come.
until_says() {
	tries=100
	until says "$1"; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.05
	done
}

# start ARGS...: bpfcap in $far, until it says that it listens.
start() {
	: >"$work/out"
	: >"$work/err"
	# shellcheck disable=SC2086  # a command and its options
	timeout 60 ip netns exec "$far" ${as:-} "$tool" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	until_says 'listening on'
	sleep 0.2
}

# ask: SIGUSR1 to bpfcap, the child of timeout.
ask() {
	sleep 0.3
	read -r child </proc/"$pid"/task/"$pid"/children
	# shellcheck disable=SC2086  # a number and a blank
	kill -USR1 $child
}

finish() {
	sleep 0.2
	kill -INT "$pid"
	wait "$pid"
	status=$?
	pid=
}

# try TITLE ARGS...: ten packets, the question, five more, the end.
try() {
	what=$1
	shift
	start "$@"
	on_near "$send" raw v0 10 60 >/dev/null
	ask
	now="10 packets captured, 10 packets received by filter, 0 packets dropped by kernel"
	holds "$what: shown in one line" until_says "^bpfcap: $now\$"
	on_near "$send" raw v0 5 60 >/dev/null
	ask
	holds "$what: shown again" until_says '^bpfcap: 15 packets captured, '
	finish
	holds "$what: ends well" is $status 0
	holds "$what: all packets" says '^15 packets captured$'
}

try "as it chooses" -i v1 -w "$file" udp
try "printing" -n -i v1 udp
holds "printing: all lines" is "$(wc -l <"$work/out")" 15
try "through libpcap" -i any -y LINUX_SLL -w "$file" udp
if command -v setpriv >/dev/null; then
	chmod 755 "$work"
	cp "$tool" "$work/bpfcap"
	real=$tool
	tool=$work/bpfcap
	as="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+net_raw
		--ambient-caps=+net_raw"
	try "by the ring" -n -i v1 udp
	as=
	tool=$real
fi

# a pipe that is slow: before its header, and between two packets
"$tool" -r "${srcdir:-.}/pcaps/en10mb.pcap" -w "$file" -c 2 2>/dev/null
size=$(wc -c <"$file")
mkfifo "$work/pipe"
: >"$work/err"
timeout 60 "$tool" -nt -r "$work/pipe" >"$work/out" 2>"$work/err" &
pid=$!
exec 3>"$work/pipe"
ask
holds "a pipe, no header yet: it waits on" eval "sleep 0.2; kill -0 $pid"
head -c $((size - 10)) "$file" >&3
until_says 'reading from file'
ask
holds "a pipe: shown" until_says '^bpfcap: 1 packet captured$'
tail -c 10 "$file" >&3
exec 3>&-
wait "$pid"
holds "a pipe: ends well" is $? 0
pid=
holds "a pipe: both packets" is "$(wc -l <"$work/out")" 2
done_testing
