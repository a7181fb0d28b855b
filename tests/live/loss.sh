#!/bin/sh
# loss.sh: what does not fit is counted, what ends is said: received is captured and
# dropped together, and what was captured before an interface went is delivered.
. "${srcdir:-.}/tests/live/netns.sh"

adds_up() { [ "$(figure received)" = $(($(figure captured) + $(figure dropped))) ]; }
is() { [ "$1" = "$2" ]; }
lossy() { [ "$(figure dropped)" -gt 0 ]; }
says() { grep -q "$1" "$work/err"; }

for kind in $kinds; do
	settle=0.5
	begin -k $kind -i v1 -B 64 -s 96 -S 1000 udp
	on_near "$send" raw v0 10000 60 >/dev/null
	end
	holds "$kind: a slow reader loses packets" lossy
	want "$kind: ... all of which are counted" received 10000
	holds "$kind: ... received = captured + dropped" adds_up
	settle=0.2

	begin -k $kind -i v1 -S 200 udp
	on_near "$send" raw v0 500 60 >/dev/null
	settle=0
	end
	settle=0.2
	want "$kind: what is queued is delivered after stop" captured 500 order 0

	begin -k $kind -i v1 udp
	on_near "$send" raw v0 100 60 >/dev/null
	ip -n "$far" link set v1 down
	wait "$pid"
	holds "$kind: interface down ends it" is $? 4
	pid=
	want "$kind: ... with what came before" captured 100 received 100
	holds "$kind: ... and says so" says 'v1: the interface went down'
	begin -k $kind -i v1 udp
	holds "$kind: does not open what is down" says 'v1: that device is not up'
	wait "$pid"
	pid=
	ip -n "$far" link set v1 up

	begin -k $kind -i v1 udp
	on_near "$send" raw v0 100 60 >/dev/null
	ip -n "$far" link del v1
	wait "$pid"
	holds "$kind: interface deleted ends it" is $? 4
	pid=
	want "$kind: ... with what came before" captured 100 received 100
	holds "$kind: ... and says so" says 'v1: the interface disappeared'
	make_veth

	begin -k $kind -i v2 udp
	holds "$kind: unknown interface, near names" says 'near that name: v1'
	wait "$pid"
	pid=
done
done_testing
