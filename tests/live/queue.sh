#!/bin/sh
# queue.sh: what -v says with --hook: what the kernel was told of a packet, which way it
# went, by which queue; and nothing that is not known.  Out: TAP.
. "${srcdir:-.}/tests/live/netns.sh"
. "${srcdir:-.}/tests/live/hooking.sh"

tap=${TAP:-${builddir:-.}/tests/live/tap}
all=$(printf '%x' $(((1 << $(getconf _NPROCESSORS_CONF)) - 1)))
ip -n "$far" link del v1
ip link add v0 netns "$near" numrxqueues 4 numtxqueues 4 address 02:00:00:00:00:01 type veth \
	peer name v1 netns "$far" numrxqueues 4 numtxqueues 4 address 02:00:00:00:00:02 &&
	ip -n "$near" link set v0 up && ip -n "$far" link set v1 up ||
	skip_all "no veth with several queues here"
ip -n "$near" addr add 10.9.0.1/24 dev v0
ip -n "$far" addr add 10.9.0.2/24 dev v1
ip -n "$near" neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev v0

# send_by QUEUE: what v0 sends goes by that one from now on, and v1 gets it by its own of
# that number.
send_by() {
	on_near sh -c 'for queue in 0 1 2 3; do
		echo 0 >"/sys/class/net/v0/queues/tx-$queue/xps_cpus"
	done && echo "$1" >"/sys/class/net/v0/queues/tx-$0/xps_cpus"' "$1" "$all"
}
send_by 2 2>/dev/null || skip_all "no choice of queues here (CONFIG_XPS)"

# listen NAMESPACE ARGS...: what it prints goes to $work/out.
listen() {
	: >"$work/err"
	: >"$work/out"
	space=$1
	shift
	# shellcheck disable=SC2086  # a command and its options
	ip netns exec "$space" ${as:-} "$tool" -n -t "$@" 'udp and port 4242' \
		>"$work/out" 2>"$work/err" &
	pid=$!
	tries=100
	until grep -q 'listening on' "$work/err"; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 $! 2>/dev/null || break
		sleep 0.05
	done
	sleep 0.1
}
heard() {
	sleep 0.3
	kill -INT "$pid"
	wait "$pid"
	pid=
}
# told TEXT: it stands in front of the one packet that there was.
told() {
	line=$(grep -v '^	\|^ ' "$work/out")
	[ "${line%%IP (*}" = "$1" ] && return
	echo "# '$line', not '$1'"
	return 1
}
# a_packet SPACE TITLE TEXT ARGS...: of one that v0 sends.
a_packet() {
	title=$2
	text=$3
	# shellcheck disable=SC2086  # options
	listen "$1" -v $4
	on_near "$send" raw v0 1 60 >/dev/null
	heard
	holds "$title" told "$text"
}

# --- sent ------------------------------------------------------------------------------

for queue in 0 3; do
	send_by $queue
	a_packet "$near" "socket: sent by $queue" "out queue $queue " "-i v0 --hook socket"
	a_packet "$near" "any: sent by $queue" "queue $queue v0    Out " "-i any --hook socket"
	for hook in tc tc-clsact; do
		a_packet "$near" "$hook: sent by $queue, which is not chosen yet" 'tc UNSPEC out ' \
			"-i v0 --hook $hook"
	done
	a_packet "$far" "xdp: received by $queue" "xdp PASS in queue $queue " "-i v1 --hook xdp"
done

# --- received: of a veth, only its driver knows -----------------------------------------

send_by 3
a_packet "$far" "socket: received" 'in ' "-i v1 --hook socket"
a_packet "$far" "any: received" 'v1    B   ' "-i any --hook socket"
for hook in tc tc-clsact; do
	a_packet "$far" "$hook: received" 'tc UNSPEC in ' "-i v1 --hook $hook"
done
a_packet "$far" "xdp-generic: received" 'xdp PASS in ' "-i v1 --hook xdp-generic"
a_packet "$far" "drop: why, and nothing else" 'drop NO_SOCKET v1    B   ' "-i v1 --hook drop"
a_packet "$far" "without --hook: nothing" '' "-i v1"
a_packet "$near" "auto: nothing" '' "-i v0 --hook auto"
listen "$near" -i v0 --hook socket
on_near "$send" raw v0 1 60 >/dev/null
heard
holds "without -v: nothing" is "$(cat "$work/out")" \
	'IP 10.9.0.1.4242 > 10.9.0.2.4242: UDP, length 18'
if command -v setpriv >/dev/null; then
	as="setpriv --bounding-set -bpf,-sys_admin --inh-caps -bpf,-sys_admin"
	a_packet "$near" "classic BPF: the direction" 'out ' "-i v0 --hook socket"
	holds "... it was that" grep -q 'classic BPF' "$work/err"
	as=
fi

# --- received by a device that says so -----------------------------------------------------

mkfifo "$work/queues"
ip netns exec "$far" "$tap" tap0 4 <"$work/queues" 2>"$work/tap.err" &
taps=$!
exec 7>"$work/queues"
tries=40
until grep -q . "$work/tap.err" || [ $tries = 0 ]; do
	tries=$((tries - 1))
	sleep 0.05
done
if grep -q ready "$work/tap.err"; then
	ip -n "$far" link set tap0 up
	for hook in socket tc tc-clsact xdp xdp-generic; do
		case $hook in
		tc*) what='tc UNSPEC ' ;;
		xdp*) what='xdp PASS ' ;;
		*) what='' ;;
		esac
		for queue in 0 3; do
			text="${what}in queue $queue "
			# the kernel says 0 there of what is not known, too
			[ $hook$queue != xdp-generic0 ] || text="${what}in "
			listen "$far" -v -i tap0 --hook $hook
			echo $queue >&7
			heard
			holds "$hook: received by $queue" told "$text"
		done
	done
	listen "$far" -v -i any --hook socket
	echo 2 >&7
	heard
	holds "any: received by 2" told 'queue 2 tap0  P   '
else
	echo "# no /dev/net/tun: $(cat "$work/tap.err")"
fi
exec 7>&-
wait $taps
done_testing
