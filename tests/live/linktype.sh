#!/bin/sh
# linktype.sh: -L and -y on interfaces: what is listed can be captured with.
. "${srcdir:-.}/tests/live/netns.sh"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
file=$work/file.pcap
[ -x "$tool" ] || skip_all "bpfcap is not built"

is() { [ "$1" = "$2" ]; }
says() { grep -q "$1" "$work/err"; }
linktype() { od -An -tu4 -j20 -N4 "$file" | tr -d ' '; }
records() { "$tool" -n -t -r "$file" 2>/dev/null | wc -l; }

# start ARGS...: bpfcap in $far, until it says that it listens.
start() {
	rm -f "$file"
	: >"$work/out"
	timeout 60 ip netns exec "$far" "$tool" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	tries=100
	until says 'listening on'; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.05
	done
	sleep 0.2
}

finish() {
	sleep 0.3
	kill -INT "$pid"
	wait "$pid"
	status=$?
	pid=
}

# -L: libpcap's list, in tcpdump's format
on_far timeout 20 "$tool" -L -i v1 >"$work/out" 2>"$work/err"
holds "-L on a veth: well" is $? 0
holds "-L on a veth: the first line" \
	is "$(sed 1q "$work/out")" 'Data link types for v1 (use option -y to set):'
holds "-L on a veth: EN10MB" is "$(sed -n 2p "$work/out")" '  EN10MB (Ethernet)'
on_far timeout 20 "$tool" -L -i any >"$work/out" 2>"$work/err"
holds "-L on any: both cooked ones" grep -q '^  LINUX_SLL2 (Linux cooked v2)$' "$work/out"
holds "-L on any: LINUX_SLL" grep -q '^  LINUX_SLL (Linux cooked v1)$' "$work/out"
if command -v tcpdump >/dev/null; then
	on_far timeout 20 tcpdump -L -i any >"$work/want" 2>&1
	holds "-L on any: tcpdump's words" cmp -s "$work/want" "$work/out"
fi

# -y: the usual one, and others
start -v -i v1 -y EN10MB -w "$file" udp
on_near "$send" raw v0 10 60 >/dev/null
finish
holds "-y EN10MB on a veth: not through libpcap" eval "! says 'through libpcap'"
holds "-y EN10MB on a veth: ten records" is "$(records)" 10

start -v -i any -y LINUX_SLL -w "$file" 'udp and port 4242'
on_near "$send" raw v0 10 60 >/dev/null
on_far "$send" udp 127.0.0.1 4 60 >/dev/null
finish
holds "-y LINUX_SLL on any: ends well" is $status 0
holds "-y LINUX_SLL on any: through libpcap" says 'through libpcap'
holds "-y LINUX_SLL on any: the file's link type" is "$(linktype)" 113
holds "-y LINUX_SLL on any: all records" is "$(records)" 14
holds "-y LINUX_SLL on any: counted" says '^14 packets received by filter'

start -i any -y linux_sll2 -w "$file" 'udp and port 4242'
on_near "$send" raw v0 10 60 >/dev/null
finish
holds "-y linux_sll2 on any" is "$(linktype) $(records)" '276 10'

start -i v1 -y DOCSIS -Q in -w "$file" 'greater 60'
on_near "$send" raw v0 10 60 >/dev/null
on_far "$send" raw v1 5 60 >/dev/null
finish
holds "-y DOCSIS -Q in: only what comes in" is "$(linktype)" 143
holds "-y DOCSIS -Q in: counted" says '^10 packets captured'

# libpcap has put the tag back when the filter sees the packet
start -i any -y LINUX_SLL -w "$file" 'ether proto 0x8100'
on_near "$send" raw v0 10 60 >/dev/null
on_near "$send" raw v0 5 60 7 >/dev/null
finish
holds "-y LINUX_SLL on any: tags are in the bytes" is "$(records)" 5
start -i any -y LINUX_SLL -w "$file" outbound
on_near "$send" raw v0 10 60 >/dev/null
on_far "$send" raw v1 3 60 >/dev/null
finish
holds "-y LINUX_SLL on any: the direction is" is "$(records)" 3
on_far timeout 20 "$tool" -i v1 -y DOCSIS outbound >"$work/out" 2>"$work/err"
holds "-y DOCSIS: the direction is not" is $? 1
holds "-y DOCSIS: ... which it says" says "'outbound' not supported on DOCSIS"

# what it does not have
for words in "-i v1 -y RAW" "-d -i v1 -y RAW ip"; do
	# shellcheck disable=SC2086  # a list
	on_far timeout 20 "$tool" $words >"$work/out" 2>"$work/err"
	holds "$words: an error" is $? 1
	holds "$words: names those that it has" \
		says 'v1: RAW is not one of the link types of this device; it has: EN10MB'
done
on_far timeout 20 "$tool" -d -i any -y LINUX_SLL ip >"$work/out" 2>"$work/err"
holds "-d -i any -y LINUX_SLL" grep -q 'ldh  *\[14\]' "$work/out"
on_far timeout 20 "$tool" -d -i any -y LINUX_SLL2 ip >"$work/out" 2>"$work/err"
holds "-d -i any -y LINUX_SLL2: as it is captured" cmp -s "$work/out" - <<EOF
$(on_far "$tool" -d -i any ip)
EOF
done_testing
