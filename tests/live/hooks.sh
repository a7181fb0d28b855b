#!/bin/sh
# hooks.sh: tc and XDP: what a socket captures, exactly, whole, and with the tags; large
# frames, frames in pieces; beside other people's programs; and nothing is left behind.
# In: hooks.tab, hooks_frames.tab.  Out: TAP.
. "${srcdir:-.}/tests/live/netns.sh"
. "${srcdir:-.}/tests/live/hooking.sh"

stream=${STREAM:-${builddir:-.}/tests/live/stream}
push=${TAG_PUSH:-${builddir:-.}/tests/live/tag_push.bpf.o}
tables=${srcdir:-.}/tests/live
case $(uname -r) in
[1-5].* | 6.[0-5].*) skip_all "the programs beside it need Linux 6.6" ;;
esac

frames() {
	awk -F' *[|] *' '
	function pad(hex, size) {
		while (length(hex) < 2 * size)
			hex = hex "00"
		return hex
	}
	function ip(protocol, size, rest) { # its checksum is wrong: nobody answers
		return sprintf("08004500%04x000000004%03x0000" "0a0900010a090002", size - 14,
			protocol) rest
	}
	/^#/ { next }
	{
		tags = $2 == "" ? "" : sprintf("8100%04x", $2)
		sub(/ *$/, "", $4)
		tcp = "10920050" "0000000000000000" "50020000" "00000000"
		what["udp"] = ip(17, $4, "10921092" sprintf("%04x", $4 - 34) "000042504643")
		what["tcp"] = ip(6, $4, tcp)
		what["tcp6"] = "86dd60000000" "0014063f" "fd00" pad("", 13) "01" \
			"fd00" pad("", 13) "02" tcp
		what["arp"] = "0806" "0001080006040002" pad("", 20)
		head = "ffffffffffff" "02000000" sprintf("%02x%02x", $1, ++n) tags
		print pad(head what[$3], $4 + length(tags) / 2)
	}' "$tables/hooks_frames.tab"
}

# --- the same packets as on a socket, and how many -------------------------------------

frames >"$work/frames"
sed -e '/^#/d' -e "s/@v1/$v1/" "$tables/hooks.tab" >"$work/lines"
on_near tc qdisc add dev v0 clsact &&
	on_near tc filter add dev v0 egress bpf direct-action object-file "$push" section tc ||
	skip_all "no tc with eBPF here"
while IFS='|' read -r text in out xdp; do
	text=$(echo $text)
	number_of=$((${number_of:-0} + 1))
	start "socket$number_of" --hook socket -B 512 -i v1 "$text"
	start "tc$number_of" --hook tc -B 512 -i v1 "$text"
	start "tc-clsact$number_of" --hook tc-clsact -B 512 -i v1 "$text"
done <"$work/lines"
for hook in socket tc tc-clsact; do
	for way in in out; do
		start "$hook.$way" --hook $hook -i v1 -Q $way 'greater 1'
	done
done
on_near "$send" hex v0 <"$work/frames"
on_far "$send" hex v1 <"$work/frames"
finish TERM
number_of=0
while IFS='|' read -r text in out xdp; do
	text=$(echo $text)
	number_of=$((number_of + 1))
	for hook in tc tc-clsact; do
		cat "$work/socket$number_of.err" "$work/$hook$number_of.err" >"$work/err"
		holds "$hook: $text: $((in + out))" is "$(records "$hook$number_of")" $((in + out))
		holds "$hook: $text: as on a socket" same "$hook$number_of" "socket$number_of"
	done
done <"$work/lines"
for hook in tc tc-clsact; do
	for way in in out; do
		holds "$hook: -Q $way: 12" is "$(records $hook.$way)" 12
		holds "$hook: -Q $way: as on a socket" same $hook.$way socket.$way
	done
done

for mode in xdp xdp-generic; do
	number_of=0
	while IFS='|' read -r text in out xdp; do
		text=$(echo $text)
		number_of=$((number_of + 1))
		[ "${xdp# }" != - ] || continue
		start "$mode$number_of" --hook $mode -B 512 -i v1 "$text"
		on_near "$send" hex v0 <"$work/frames"
		on_far "$send" hex v1 <"$work/frames"
		finish TERM
		holds "$mode: $text: $((xdp))" is "$(records "$mode$number_of")" $((xdp))
	done <"$work/lines"
	finish
	cut -c1-1000 "$work/frames" | sort >"$work/a"
	bytes "${mode}1" | tr -d ' ' | cut -c1-1000 >"$work/b"
	holds "$mode: the bytes that were sent" cmp -s "$work/a" "$work/b"
done
holds "XDP: native says so" grep -q 'v1: XDP in native mode' "$work/xdp1.err"
holds "XDP: generic says so" grep -q 'v1: XDP in generic mode' "$work/xdp-generic1.err"
on_near tc qdisc del dev v0 clsact

# --- counters, signals, ends --------------------------------------------------------------

for hook in tc tc-clsact xdp xdp-generic; do
	start many --hook $hook -i v1 udp
	on_near "$send" raw v0 10000 100 >/dev/null
	finish INT
	holds "$hook: 10,000 packets" counted 10000 10000 0
	holds "$hook: ends well" is $status 0
	holds "$hook: all are in the file" is "$(records many)" 10000

	start full --hook $hook -i v1 -s 200 -B 16 udp
	kill -STOP $pid
	on_near "$send" raw v0 1000 200 >/dev/null
	kill -CONT $pid
	finish TERM
	set -- $(sed -n 's/^\([0-9]*\) packets* .*/\1/p' "$work/err")
	holds "$hook: full ring: received" is "$2" 1000
	holds "$hook: full ring: captured + dropped" is $(($1 + $3)) 1000
	holds "$hook: full ring: some are dropped" [ "$3" -gt 0 ]
	holds "$hook: full ring: captured ones are in the file" is "$(records full)" "$1"

	start killed --hook $hook -i v1 udp
	holds "$hook: is there" [ -n "$(all_there | tr -d '\n')" ]
	kill -KILL $pid
	wait $pid 2>/dev/null
	pid=
	sleep 0.2
	holds "$hook: SIGKILL leaves nothing" is "$(all_there)" ""
	holds "$hook: ... no qdisc either" no qdisc_there

	start gone --hook $hook -i v1 udp
	on_near "$send" raw v0 20 60 >/dev/null
	sleep 0.1
	ip -n "$far" link del v1
	finish
	holds "$hook: interface deleted: status 1" is $status 1
	holds "$hook: interface deleted: says so" says 'v1: the interface disappeared'
	holds "$hook: interface deleted: all before it is in the file" is "$(records gone)" 20
	make_veth
done

# --- beside other programs ------------------------------------------------------------------

invite in first in second out third
start beside --hook tc -i v1 udp
holds "tc: first where packets come in" is "$(there in)" 'tc_in first second'
holds "tc: ... and where they go out" is "$(there out)" 'tc_out third'
invite in fourth
holds "tc: one that comes later" is "$(there in)" 'tc_in first second fourth'
on_near "$send" raw v0 30 60 >/dev/null
on_far "$send" raw v1 20 60 >/dev/null
finish TERM
holds "tc: all that was there" counted 50 50 0
holds "tc: the others stay, in their order" is "$(there in),$(there out)" 'first second fourth,third'
farewell
holds "tc: the others saw all" is "$counts" 'first 30 fourth 30 second 30 third 20 '

for mode in xdp xdp-generic; do
	invite $mode theirs
	start second --hook $mode -i v1 udp
	finish
	holds "$mode: no second program" is $status 1
	holds "$mode: says which one is there" says "another XDP program is there: 'theirs', id [0-9]"
	holds "$mode: names the tc hook" says '[-]-hook tc works beside it'
	holds "$mode: theirs stays" is "$(there xdp)" theirs
	start beside --hook tc -i v1 udp
	on_near "$send" raw v0 30 60 >/dev/null
	finish TERM
	holds "$mode: tc works beside it" counted 30 30 0
	farewell
	holds "$mode: theirs saw all" is "$counts" 'theirs 30 '
done

# --- large frames, frames in pieces ------------------------------------------------------------

for hook in tc tc-clsact xdp; do
	start large --hook $hook -i lo 'greater 65535 and ether[40000] = 0 and udp'
	start deeper --hook tc -i lo 'ether[65540] = 0'
	start none --hook tc -i lo 'ether[40000] = 1 or ether[65549] = 0'
	on_far "$send" udp 127.0.0.1 10 65507 >/dev/null
	on_far "$send" udp 127.0.0.1 10 30000 >/dev/null
	finish TERM
	holds "$hook: lo: none match what is not there" is "$(records none)" 0
	holds "$hook: lo: bytes beyond 64 KiB" is "$(records deeper)" 10
	holds "$hook: lo: packets of 65,549 bytes" is "$(records large)" 10
	[ $hook = tc ] || same large deeper
	holds "$hook: lo: whole" is "$(bytes large | awk '{ gsub(/ /, ""); n += length() / 2 } END { print n }')" 655490
done

start stream-socket --hook socket -i v1 -s 200 'tcp and ether[3000] = 0x5a'
start stream --hook tc -i v1 -s 200 'tcp and ether[3000] = 0x5a'
start stream-not --hook tc -i v1 -s 200 'tcp and ether[3000] != 0x5a'
ip netns exec "$far" "$stream" listen 5000 2000000 >"$work/came" 2>"$work/stream.err" &
listener=$!
until grep -q ready "$work/stream.err"; do sleep 0.05; done
on_near "$stream" send 10.9.0.2 5000 2000000
wait $listener
finish TERM
holds "tc: a stream arrives" is "$(cat "$work/came")" 2000000
holds "tc: bytes beyond the first piece: found" [ "$(records stream)" -gt 10 ]
holds "tc: bytes beyond the first piece: as on a socket" same stream stream-socket
holds "tc: bytes beyond the first piece: no others" is "$(records stream-not)" 0

ip -n "$near" link set v0 mtu 9000
ip -n "$far" link set v1 mtu 9000
for hook in tc tc-clsact xdp xdp-generic; do
	start jumbo --hook $hook -i v1 'udp[8:4] = 0x42504643 and greater 8000 and ether[5000] = 0'
	on_near "$send" udp 10.9.0.2 10 8000 >/dev/null
	on_near "$send" udp 10.9.0.2 10 2000 >/dev/null
	finish TERM
	holds "$hook: jumbo frames" counted 10 10 0
	holds "$hook: jumbo frames: whole" is \
		"$(bytes jumbo | awk '{ gsub(/ /, ""); n += length() / 2 } END { print n }')" 80420
	start none --hook $hook -i v1 'udp and ether[5000] = 1'
	on_near "$send" udp 10.9.0.2 10 8000 >/dev/null
	finish TERM
	holds "$hook: jumbo frames: none match what is not there" counted 0 0 0
done

# --- large filters; what cannot be --------------------------------------------------------------

awk 'BEGIN { for (i = 0; i < 5000; i++)
	printf "host 10.%d.%d.%d or\n", i % 199 + 20, i / 199, i * 7 % 251
	print "host 10.9.0.1" }' >"$work/filter"
for hook in tc tc-clsact xdp; do
	start hosts --hook $hook -i v1 -F "$work/filter"
	on_near "$send" raw v0 10 60 >/dev/null
	finish TERM
	holds "$hook: 5,001 hosts" counted 10 10 0
done

# refused OPTIONS...: fails, with status 1.
refused() {
	# shellcheck disable=SC2086  # a command and its options
	on_far ${as:-} timeout 10 "$tool" "$@" >"$work/out" 2>"$work/err"
	is $? 1
}
for hook in tc tc-clsact xdp xdp-generic; do
	holds "$hook: -i any is refused" refused --hook $hook -i any udp
	holds "$hook: ... for a reason" says "any: the $hook hook is of one interface; name it"
done
holds "xdp: -Q out is refused" refused --hook xdp -i v1 -Q out udp
holds "xdp: ... and the others named" says 'hooks that see them: socket, tc, tc-clsact'
holds "xdp: outbound is refused" refused --hook xdp -i v1 outbound
ip -n "$far" link set v1 down
holds "tc: an interface that is down is refused" refused --hook tc -i v1 udp
holds "tc: ... for a reason" says 'v1: that device is not up'
ip -n "$far" link set v1 up
if command -v setpriv >/dev/null; then
	as="setpriv --bounding-set -net_admin --inh-caps -net_admin"
	for hook in tc tc-clsact xdp; do
		holds "$hook: without CAP_NET_ADMIN" refused --hook $hook -i v1 udp
		holds "$hook: ... says so" says "the $hook hook needs CAP_NET_ADMIN"
		holds "$hook: ... names the socket" says '[-]-hook socket'
	done
	as=
fi
holds "nothing is left behind" is "$(all_there)" ""
done_testing
